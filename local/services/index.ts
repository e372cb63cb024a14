import type { Kernel } from '../kernel/index.ts';
import { ApiGatewayService } from './apigateway/index.ts';
import { AppConfigService } from './appconfig/index.ts';
import { CloudWatchService } from './cloudwatch/index.ts';
import { DynamoDb } from './dynamodb/index.ts';
import { EventsService } from './events/index.ts';
import { IamService } from './iam/index.ts';
import { KinesisService } from './kinesis/index.ts';
import { LambdaService } from './lambda/index.ts';
import { S3Service } from './s3/index.ts';
import { SchedulerService } from './scheduler/index.ts';
import { SecretsManagerService } from './secretsmanager/index.ts';
import { SnsService } from './sns/index.ts';
import { SqsService } from './sqs/index.ts';
import { SsmService } from './ssm/index.ts';
import { StatesService } from './stepfunctions/index.ts';
import { StsService } from './sts/index.ts';

/** The services of one local cloud. */
export type Services = ReturnType<typeof composeServices>;

/** Makes every service and registers it with the kernel, where they meet. */
export function composeServices(kernel: Kernel) {
  const dynamodb = new DynamoDb(kernel);
  const services = {
    apigateway: new ApiGatewayService(kernel),
    appconfig: new AppConfigService(kernel),
    cloudwatch: new CloudWatchService(kernel),
    dynamodb,
    dynamodbstreams: dynamodb.streams,
    events: new EventsService(kernel),
    iam: new IamService(),
    kinesis: new KinesisService(kernel),
    lambda: new LambdaService(kernel),
    s3: new S3Service(kernel),
    scheduler: new SchedulerService(kernel),
    secretsmanager: new SecretsManagerService(kernel),
    sns: new SnsService(kernel),
    sqs: new SqsService(kernel),
    ssm: new SsmService(kernel),
    states: new StatesService(kernel),
    sts: new StsService(),
  };
  for (const service of Object.values(services)) kernel.register(service);
  return services;
}
