import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnArchive, CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnStream } from 'aws-cdk-lib/aws-kinesis';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';

const SERVICE = { Service: 'lambda.amazonaws.com' };

/** A stack that is wrong in every way which the properties speak of. Each resource's id is what the properties must find. */
export function unready(app: App): Stack {
  const stack = new Stack(app, 'Unready');
  const role = new CfnRole(stack, 'Managed', {
    assumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: SERVICE, Action: 'sts:AssumeRole' }] },
    managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  });
  new CfnPolicy(stack, 'Greedy', {
    policyName: 'greedy',
    roles: [role.ref],
    policyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::files/*' }] },
  });
  new CfnKey(stack, 'Key', { keyPolicy: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }] } });
  new CfnTable(stack, 'Table', { keySchema: [{ attributeName: 'pk', keyType: 'HASH' }] });
  new CfnLogGroup(stack, 'Log', {});
  new CfnBucket(stack, 'Bucket', {});
  new CfnArchive(stack, 'Archive', { sourceArn: 'arn:aws:events:us-east-1:1:event-bus/b' });
  const queue = new CfnQueue(stack, 'Queue', { kmsMasterKeyId: 'alias/aws/sqs' });
  const dead = new CfnQueue(stack, 'Dead', {});
  dead.applyRemovalPolicy(RemovalPolicy.RETAIN);
  const topic = new CfnTopic(stack, 'Topic', {});
  const stream = new CfnStream(stack, 'Stream', {});
  new CfnTopicPolicy(stack, 'Open', {
    topics: [topic.ref],
    policyDocument: {
      Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: topic.ref }],
    },
  });
  new CfnSubscription(stack, 'Subscription', { topicArn: topic.ref, protocol: 'sqs', endpoint: queue.attrArn });
  const fn = new CfnFunction(stack, 'Function', { role: role.attrArn, code: { zipFile: '' } });
  new CfnEventSourceMapping(stack, 'Mapping', { functionName: fn.ref, eventSourceArn: stream.attrArn });
  new CfnRule(stack, 'Rule', { targets: [{ id: 'fn', arn: fn.attrArn }] });
  new CfnRule(stack, 'KeptRule', {
    targets: [{ id: 'bus', arn: 'arn:aws:events:us-east-1:1:event-bus/b', deadLetterConfig: { arn: dead.attrArn } }],
  });
  new CfnStateMachine(stack, 'Machine', { roleArn: role.attrArn });
  new CfnAlarm(stack, 'Alarm', { comparisonOperator: 'LessThanThreshold', evaluationPeriods: 1, threshold: 1, metricName: 'Errors' });
  // Each names the other.
  const one = new CfnQueuePolicy(stack, 'One', { queues: [queue.ref], policyDocument: {} });
  const other = new CfnQueuePolicy(stack, 'Other', { queues: [queue.ref], policyDocument: { Id: one.ref } });
  one.policyDocument = { Id: other.ref };
  return stack;
}
