import type { Statement } from '../../kernel/policy/index.ts';

const allow = (...Action: string[]): Statement => ({ Effect: 'Allow', Action, Resource: '*' });
const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const XRAY = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
];

/**
 * Policies that AWS manages, by name: those that stacks of functions, APIs and state machines attach.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const MANAGED_POLICIES: Readonly<Record<string, readonly Statement[]>> = {
  AdministratorAccess: [allow('*')],
  AWSLambdaBasicExecutionRole: [allow(...LOGS)],
  AWSLambdaDynamoDBExecutionRole: [
    allow('dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams', ...LOGS),
  ],
  AWSLambdaKinesisExecutionRole: [
    allow(
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
      'kinesis:ListStreams',
      'kinesis:SubscribeToShard',
      ...LOGS,
    ),
  ],
  AWSLambdaRole: [allow('lambda:InvokeFunction')],
  AWSLambdaSQSQueueExecutionRole: [allow('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...LOGS)],
  AWSLambdaVPCAccessExecutionRole: [
    allow(
      ...LOGS,
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ),
  ],
  AWSXRayDaemonWriteAccess: [allow(...XRAY)],
  AWSXrayWriteOnlyAccess: [allow(...XRAY)],
  AmazonAPIGatewayPushToCloudWatchLogs: [
    allow(...LOGS, 'logs:DescribeLogGroups', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:FilterLogEvents'),
  ],
  AmazonDynamoDBFullAccess: [allow('dynamodb:*')],
  AmazonEventBridgeFullAccess: [allow('events:*', 'scheduler:*', 'pipes:*')],
  AmazonKinesisFullAccess: [allow('kinesis:*')],
  AmazonS3FullAccess: [allow('s3:*')],
  AmazonS3ReadOnlyAccess: [allow('s3:Get*', 's3:List*', 's3:Describe*')],
  AmazonSNSFullAccess: [allow('sns:*')],
  AmazonSQSFullAccess: [allow('sqs:*')],
  AmazonSSMReadOnlyAccess: [allow('ssm:Describe*', 'ssm:Get*', 'ssm:List*')],
  AWSStepFunctionsFullAccess: [allow('states:*')],
  CloudWatchLambdaApplicationSignalsExecutionRolePolicy: [allow('xray:PutTraceSegments', ...LOGS)],
  CloudWatchLambdaInsightsExecutionRolePolicy: [allow(...LOGS)],
};
