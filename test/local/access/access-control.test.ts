import { describe, expect, it } from 'vitest';
import { unfillableKey } from '../../../local/access/index.ts';
import { TestAccount } from './test-account.ts';

const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:000000000000:${rest}`;

describe('a permission', () => {
  it('on a secret covers every way to name it', () => {
    const account = new TestAccount();
    const { ARN } = account.root('secretsmanager', 'CreateSecret', { Name: 'my/secret', SecretString: 'x' });
    account.root('secretsmanager', 'CreateSecret', { Name: 'other', SecretString: 'y' });
    const grant = { Action: 'secretsmanager:GetSecretValue', Resource: arn('secretsmanager', 'secret:my/secret-??????') };
    for (const SecretId of ['my/secret', ARN.slice(0, -7), ARN]) {
      expect(account.with(grant, 'secretsmanager', 'GetSecretValue', { SecretId })).toBe('ok');
    }
    expect(account.with(grant, 'secretsmanager', 'GetSecretValue', { SecretId: 'other' })).toBe(
      'AccessDeniedException secretsmanager:GetSecretValue',
    );
    const principal = account.role([grant, { Action: 'secretsmanager:BatchGetSecretValue' }]);
    const input = { SecretIdList: ['my/secret', 'other'] };
    const batch = account.kernel.invoke({ service: 'secretsmanager', operation: 'BatchGetSecretValue', input, principal });
    expect(batch).toMatchObject({
      SecretValues: [{ Name: 'my/secret' }],
      Errors: [{ SecretId: 'other', ErrorCode: 'AccessDeniedException' }],
    });
  });

  it('on a parameter covers its versions and its ARN, and no other parameter of a request', () => {
    const account = new TestAccount();
    account.root('ssm', 'PutParameter', { Name: '/a', Value: 'x', Type: 'String' });
    account.root('ssm', 'PutParameter', { Name: '/secret', Value: 'x', Type: 'String' });
    const grant = { Action: 'ssm:Get*', Resource: arn('ssm', 'parameter/a') };
    for (const Name of ['/a', '/a:1', arn('ssm', 'parameter/a'), `${arn('ssm', 'parameter/a')}:1`]) {
      expect(account.with(grant, 'ssm', 'GetParameter', { Name })).toBe('ok');
    }
    expect(account.with(grant, 'ssm', 'GetParameters', { Names: ['/a'] })).toBe('ok');
    expect(account.with(grant, 'ssm', 'GetParameters', { Names: ['/a', '/secret'] })).toBe('AccessDeniedException ssm:GetParameters');
    expect(account.with(grant, 'ssm', 'GetParametersByPath', { Path: '/other' })).toBe('AccessDeniedException ssm:GetParametersByPath');
    expect(account.with(grant, 'ssm', 'GetParametersByPath', { Path: '/a' })).toBe('ok');
  });

  it('on a function is none on its alias, nor the other way round', () => {
    const account = new TestAccount();
    const invoke = (resource: string, input: object) =>
      account.with({ Action: 'lambda:InvokeFunction', Resource: arn('lambda', `function:${resource}`) }, 'lambda', 'Invoke', input);
    const denied = 'AccessDeniedException lambda:InvokeFunction';
    // There is no such function, so that whoever is let in hears that.
    expect(invoke('f:live', { FunctionName: 'f', Qualifier: 'live' })).toBe('ResourceNotFoundException');
    expect(invoke('f:live', { FunctionName: 'f:live' })).toBe('ResourceNotFoundException');
    expect(invoke('f', { FunctionName: '000000000000:function:f' })).toBe('ResourceNotFoundException');
    expect(invoke('f', { FunctionName: 'f', Qualifier: 'live' })).toBe(denied);
    expect(invoke('f:live', { FunctionName: 'f' })).toBe(denied);
  });

  it('on a group of schedules is none on another', () => {
    const account = new TestAccount();
    const grant = { Action: 'scheduler:*', Resource: arn('scheduler', 'schedule/mine/*') };
    expect(account.with(grant, 'scheduler', 'GetSchedule', { Name: 'x', GroupName: 'other' })).toBe(
      'AccessDeniedException scheduler:GetSchedule',
    );
    expect(account.with(grant, 'scheduler', 'GetSchedule', { Name: 'x', GroupName: 'mine' })).toBe('ResourceNotFoundException');
  });

  it('on a state machine covers its versions and aliases, unless a condition names one', () => {
    const account = new TestAccount();
    const machine = arn('states', 'stateMachine:m');
    const grant = { Action: 'states:StartExecution', Resource: machine };
    const input = { stateMachineArn: `${machine}:live` };
    expect(account.with(grant, 'states', 'StartExecution', input)).toBe('StateMachineDoesNotExist');
    const Condition = { StringEquals: { 'states:StateMachineQualifier': 'test' } };
    expect(account.with({ ...grant, Condition }, 'states', 'StartExecution', input)).toBe('AccessDeniedException states:StartExecution');
  });

  it('that is denied on one stream is not denied on the others', () => {
    const account = new TestAccount();
    const read = (StreamName: string) => {
      account.root('kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
      const shard = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
      const { ShardIterator } = account.root('kinesis', 'GetShardIterator', shard);
      const deny = { Effect: 'Deny' as const, Action: 'kinesis:GetRecords', Resource: arn('kinesis', 'stream/secret') };
      return account.with([{ Action: '*' }, deny], 'kinesis', 'GetRecords', { ShardIterator });
    };
    expect([read('open'), read('secret')]).toEqual(['ok', 'AccessDeniedException kinesis:GetRecords']);
  });

  it('that is denied on one resource is not denied where the call names none', () => {
    const account = new TestAccount();
    const deny = { Effect: 'Deny' as const, Action: 'sqs:*', Resource: arn('sqs', 'secret') };
    expect(account.with([{ Action: '*' }, deny], 'sqs', 'ListQueues', {})).toBe('ok');
    expect(account.with([{ Action: '*' }, { ...deny, Resource: '*' }], 'sqs', 'ListQueues', {})).toBe('AccessDenied sqs:ListQueues');
  });
});

describe('a condition', () => {
  const table = {
    TableName: 'items',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
  const mine = { Action: 'dynamodb:*', Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['me'] } } };

  it.each([
    ['GetItem', (pk: string) => ({ TableName: 'items', Key: { pk: { S: pk } } })],
    ['PutItem', (pk: string) => ({ TableName: 'items', Item: { pk: { S: pk } } })],
    [
      'Query',
      (pk: string) => ({ TableName: 'items', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } }),
    ],
    ['BatchGetItem', (pk: string) => ({ RequestItems: { items: { Keys: [{ pk: { S: 'me' } }, { pk: { S: `${pk}` } }] } } })],
    ['BatchWriteItem', (pk: string) => ({ RequestItems: { items: [{ PutRequest: { Item: { pk: { S: pk } } } }] } })],
    ['TransactWriteItems', (pk: string) => ({ TransactItems: [{ Put: { TableName: 'items', Item: { pk: { S: pk } } } }] })],
  ])('on the leading keys of %s lets in who keeps to them', (operation, input) => {
    const account = new TestAccount();
    account.root('dynamodb', 'CreateTable', table);
    const principal = account.role([mine]);
    expect(account.as(principal, 'dynamodb', operation, input('you'))).toMatch(/^AccessDeniedException/);
    expect(account.as(principal, 'dynamodb', operation, input('me'))).toMatch(/^(ok|ValidationException)$/);
  });

  it.each([
    ['events:source', 'events', 'PutEvents', { Entries: [{ Source: 'app', DetailType: 't', Detail: '{}' }] }],
    ['cloudwatch:namespace', 'cloudwatch', 'PutMetricData', { Namespace: 'app', MetricData: [{ MetricName: 'm', Value: 1 }] }],
    ['s3:prefix', 's3', 'ListObjectsV2', { Bucket: 'photos', Prefix: 'app' }],
  ] as const)('on %s is held against the request', (key, service, operation, input) => {
    const account = new TestAccount();
    account.root('s3', 'CreateBucket', { Bucket: 'photos' });
    const where = (value: string) => ({ Action: '*', Condition: { StringEquals: { [key]: value } } });
    expect(account.with(where('app'), service, operation, input)).toBe('ok');
    expect(account.with(where('other'), service, operation, input)).toMatch(/^AccessDenied/);
  });

  it.each([
    ['aws:RequestedRegion', 'us-east-1'],
    ['aws:ResourceAccount', '000000000000'],
    ['aws:PrincipalAccount', '000000000000'],
  ])('on %s is held against the account', (key, value) => {
    const account = new TestAccount();
    account.root('sqs', 'CreateQueue', { QueueName: 'q' });
    const where = (expected: string) => ({ Action: 'sqs:*', Condition: { StringEquals: { [key]: expected } } });
    const input = { QueueUrl: 'http://x/q', MessageBody: 'm' };
    expect(account.with(where(value), 'sqs', 'SendMessage', input)).toBe('ok');
    expect(account.with(where('other'), 'sqs', 'SendMessage', input)).toBe('AccessDenied sqs:SendMessage');
  });

  it('on the time is held against the time of each request', async () => {
    const account = new TestAccount();
    const until = new Date(account.kernel.now() + 60_000).toISOString();
    const principal = account.role([{ Action: 'sqs:*', Condition: { DateLessThan: { 'aws:CurrentTime': until } } }]);
    expect(account.as(principal, 'sqs', 'ListQueues', {})).toBe('ok');
    await account.kernel.advance(60_000);
    expect(account.as(principal, 'sqs', 'ListQueues', {})).toBe('AccessDenied sqs:ListQueues');
  });

  it('that can not be decided is found, unless it is about what is not judged', () => {
    const where = (Action: string, key: string) => ({
      Effect: 'Allow' as const,
      Action,
      Resource: '*',
      Condition: { Bool: { [key]: 'x' } },
    });
    expect(unfillableKey([where('dynamodb:GetItem', 'dynamodb:Attributes')])).toBe('dynamodb:attributes');
    expect(unfillableKey([where('*', 'aws:SourceIp')])).toBe('aws:sourceip');
    expect(unfillableKey([where('kms:Decrypt', 'kms:ViaService')])).toBeUndefined();
    expect(unfillableKey([where('sqs:*', 'AWS:SecureTransport')])).toBeUndefined();
    const variable = { StringEquals: { 's3:prefix': '${aws:PrincipalTag/team}' } };
    expect(unfillableKey([{ ...where('s3:*', 's3:prefix'), Condition: variable }])).toBe('aws:principaltag/team');
  });
});

describe('a role', () => {
  const allow = (Action: string, AWS: string, Resource = '*') => ({
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action, Resource }],
  });

  it('may do what the policy of a resource of its account lets it do', () => {
    const account = new TestAccount();
    const role = account.role([]);
    const Policy = (action: string) => JSON.stringify(allow(action, role));
    account.root('sqs', 'CreateQueue', { QueueName: 'q', Attributes: { Policy: Policy('sqs:SendMessage') } });
    const { TopicArn } = account.root('sns', 'CreateTopic', { Name: 't', Attributes: { Policy: Policy('sns:Publish') } });
    account.root('s3', 'CreateBucket', { Bucket: 'photos' });
    account.root('s3', 'PutBucketPolicy', { Bucket: 'photos', Policy: Policy('s3:PutObject') });
    account.root('secretsmanager', 'CreateSecret', { Name: 's', SecretString: 'x' });
    const ResourcePolicy = Policy('secretsmanager:GetSecretValue');
    account.root('secretsmanager', 'PutResourcePolicy', { SecretId: 's', ResourcePolicy });
    const attempts = (principal: string) => [
      account.as(principal, 'sqs', 'SendMessage', { QueueUrl: 'http://x/q', MessageBody: 'm' }),
      account.as(principal, 'sns', 'Publish', { TopicArn, Message: 'm' }),
      account.as(principal, 's3', 'PutObject', { Bucket: 'photos', Key: 'a/b', Body: Buffer.from('x') }),
      account.as(principal, 'secretsmanager', 'GetSecretValue', { SecretId: 's' }),
    ];
    expect(attempts(role)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(attempts(account.role([])).filter((outcome) => outcome === 'ok')).toEqual([]);
    expect(account.access.refusals).toHaveLength(4);
  });

  it('may not do what the policy of a resource denies it', () => {
    const account = new TestAccount();
    account.root('secretsmanager', 'CreateSecret', { Name: 's', SecretString: 'x' });
    const ResourcePolicy = JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }] });
    account.root('secretsmanager', 'PutResourcePolicy', { SecretId: 's', ResourcePolicy });
    expect(account.with({ Action: '*' }, 'secretsmanager', 'GetSecretValue', { SecretId: 's' })).toMatch(/^AccessDenied/);
  });

  it('needs to be allowed to pass a role on', () => {
    const account = new TestAccount();
    account.root('sqs', 'CreateQueue', { QueueName: 'q' });
    const trust = (Service: string) => [{ Effect: 'Allow' as const, Principal: { Service }, Action: 'sts:AssumeRole' }];
    const target = account.role([{ Action: 'sqs:SendMessage' }], trust('scheduler.amazonaws.com'));
    const schedule = (Name: string, RoleArn: string) => ({
      Name,
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: arn('sqs', 'q'), RoleArn },
    });
    const create = { Action: 'scheduler:CreateSchedule' };
    const pass = (to: string) => ({ Action: 'iam:PassRole', Resource: target, Condition: { StringEquals: { 'iam:PassedToService': to } } });
    expect(account.with(create, 'scheduler', 'CreateSchedule', schedule('a', target))).toBe('AccessDeniedException iam:PassRole');
    const others = account.role([create, pass('lambda.amazonaws.com')]);
    expect(account.as(others, 'scheduler', 'CreateSchedule', schedule('b', target))).toBe('AccessDeniedException iam:PassRole');
    const allowed = account.role([create, pass('scheduler.amazonaws.com')]);
    expect(account.as(allowed, 'scheduler', 'CreateSchedule', schedule('c', target))).toBe('ok');
  });

  it('that does not trust a service is refused when it is given to it', () => {
    const account = new TestAccount();
    const role = account.role([]);
    const Target = { Arn: arn('sqs', 'q'), RoleArn: role };
    const input = { Name: 'a', ScheduleExpression: 'rate(1 hour)', FlexibleTimeWindow: { Mode: 'OFF' }, Target };
    expect(() => account.root('scheduler', 'CreateSchedule', input)).toThrow(/must allow AWS EventBridge Scheduler to assume the role/);
    const definition = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Succeed' } } });
    const machine = (roleArn: string) => account.root('states', 'CreateStateMachine', { name: 'm', definition, roleArn });
    expect(() => machine(role)).toThrow(/assume the provided role/);
    const Principal = { Service: 'states.us-east-1.amazonaws.com' };
    machine(account.role([], [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }]));
  });
});
