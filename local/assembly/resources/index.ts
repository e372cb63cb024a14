import type { ResourceTypes } from '../resource.ts';
import { apigatewayResources } from './apigateway.ts';
import { apigatewayv2Resources } from './apigatewayv2.ts';
import { appconfigResources } from './appconfig.ts';
import { cloudwatchResources } from './cloudwatch.ts';
import { dynamodbResources } from './dynamodb.ts';
import { ec2Resources } from './ec2.ts';
import { eventsResources } from './events.ts';
import { iamResources } from './iam.ts';
import { kinesisResources } from './kinesis.ts';
import { lambdaResources } from './lambda.ts';
import { logsResources } from './logs.ts';
import { s3Resources } from './s3.ts';
import { schedulerResources } from './scheduler.ts';
import { secretsmanagerResources } from './secretsmanager.ts';
import { snsResources } from './sns.ts';
import { sqsResources } from './sqs.ts';
import { ssmResources } from './ssm.ts';
import { stepfunctionsResources } from './stepfunctions.ts';

/** Every resource type that the local cloud creates. */
export const resourceTypes: ResourceTypes = {
  ...apigatewayResources,
  ...apigatewayv2Resources,
  ...appconfigResources,
  ...cloudwatchResources,
  ...dynamodbResources,
  ...ec2Resources,
  ...eventsResources,
  ...iamResources,
  ...kinesisResources,
  ...lambdaResources,
  ...logsResources,
  ...s3Resources,
  ...schedulerResources,
  ...secretsmanagerResources,
  ...snsResources,
  ...sqsResources,
  ...ssmResources,
  ...stepfunctionsResources,
};
