import { crc32, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import type { WireResponse } from '../../../local/wire/index.ts';
import { type StubCloud, stubCloud } from './stub-cloud.ts';

describe('what is refused, and how', () => {
  let cloud: StubCloud;

  beforeAll(async () => {
    cloud = await stubCloud(['cloudwatch', 'dynamodb', 'kinesis', 'lambda', 's3', 'sns', 'sqs']);
  });
  beforeEach(() => {
    cloud.seen.length = 0;
    cloud.faults.length = 0;
    cloud.answer = () => ({});
  });
  afterAll(() => cloud.stop());

  const json = (target: string, body: string | Uint8Array = '{}', headers: Record<string, string> = {}): Promise<WireResponse> =>
    cloud.wire.handle({
      method: 'POST',
      url: '/',
      headers: { host: 'localhost', 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, ...headers },
      body: Buffer.from(body),
    });
  const form = (body: string): Promise<WireResponse> =>
    cloud.wire.handle({
      method: 'POST',
      url: '/',
      headers: { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(body),
    });
  const s3 = (method: string, url: string, body: string | Uint8Array = '', headers: Record<string, string> = {}): Promise<WireResponse> =>
    cloud.wire.handle({ method, url, headers: { host: 's3.localhost', ...headers }, body: Buffer.from(body) });
  const text = ({ body }: WireResponse): string => Buffer.from(body).toString();
  const parsed = (response: WireResponse): unknown => JSON.parse(text(response));

  it('names an operation that a service lacks', async () => {
    cloud.answer = () => {
      throw new AwsError('UnknownOperationException', 'anything');
    };
    const response = await json('DynamoDB_20120810.CreateBackup', '{"TableName":"t","BackupName":"b"}');
    expect(response.status).toBe(501);
    expect(parsed(response)).toEqual({
      __type: 'com.amazonaws.dynamodb#UnknownOperationException',
      message: 'The local cloud does not have dynamodb:CreateBackup.',
    });
    expect(cloud.faults).toEqual([]);
  });

  it.each([
    ['an operation that AWS lacks too', () => json('DynamoDB_20120810.MakeTea'), 'dynamodb:MakeTea'],
    ['a service that is not running', () => json('AWSStepFunctions.ListStateMachines'), 'states:ListStateMachines'],
    ['a service that the wire does not know', () => json('Logs_20140328.DescribeLogGroups'), 'Logs_20140328:DescribeLogGroups'],
    ['an action of a form', () => form('Action=MakeTea&Version=2010-03-31'), 'sns:MakeTea'],
    ['a method and path', () => s3('PATCH', '/bucket/key'), 's3:PATCH /bucket/key'],
    ['an event stream', () => json('Kinesis_20131202.SubscribeToShard', '{}'), 'kinesis:SubscribeToShard'],
  ])('answers 501 to %s', async (_what, send, name) => {
    const response = await send();
    expect(response.status).toBe(501);
    expect(text(response)).toContain(`The local cloud does not have ${name}.`);
    expect(cloud.seen).toEqual([]);
  });

  it('gives SQS the codes of both protocols', async () => {
    cloud.answer = () => {
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    };
    const response = await json('AmazonSQS.PurgeQueue', '{"QueueUrl":"u"}');
    expect(response.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-errortype': 'QueueDoesNotExist',
      'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender',
    });
    expect(parsed(response)).toEqual({ __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' });

    const old = await form('Action=PurgeQueue&Version=2012-11-05&QueueUrl=u');
    expect(old.status).toBe(400);
    expect(text(old)).toContain('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>');
    expect(text(old)).toMatch(
      /<ErrorResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/">.*<RequestId>[0-9a-f-]{36}<\/RequestId>/s,
    );
  });

  it('prefers the code that a service gives for the query protocol', async () => {
    cloud.answer = () => {
      throw new AwsError('InvalidAttributeValue', 'no', { queryCode: 'InvalidParameterValue' });
    };
    const response = await json('AmazonSQS.SetQueueAttributes', '{"QueueUrl":"u","Attributes":{}}');
    expect(response.headers).toMatchObject({ 'x-amzn-query-error': 'InvalidParameterValue;Sender' });
  });

  it('carries the members of an error, such as the reasons of a cancelled transaction', async () => {
    cloud.answer = () => {
      throw new AwsError('TransactionCanceledException', 'cancelled', {
        details: {
          CancellationReasons: [
            { Code: 'None' },
            { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'é' }, data: { B: new Uint8Array([1, 2]) } } },
          ],
        },
      });
    };
    const response = await json('DynamoDB_20120810.TransactWriteItems', '{"TransactItems":[]}');
    expect(parsed(response)).toMatchObject({
      Message: 'cancelled',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'é' }, data: { B: 'AQI=' } } }],
    });
  });

  it('puts members that are headers into headers', async () => {
    cloud.answer = () => {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
        details: { retryAfterSeconds: '7', Reason: 'ConcurrentInvocationLimitExceeded' },
      });
    };
    const response = await cloud.wire.handle({
      method: 'POST',
      url: '/2015-03-31/functions/f/invocations',
      headers: { host: 'localhost' },
      body: new Uint8Array(),
    });
    expect(response.status).toBe(429);
    expect(response.headers).toMatchObject({ 'retry-after': '7', 'x-amzn-errortype': 'TooManyRequestsException' });
    expect(parsed(response)).toEqual({ message: 'Rate Exceeded.', Reason: 'ConcurrentInvocationLimitExceeded' });
  });

  it("writes S3's errors with what they name, and none after HEAD", async () => {
    cloud.answer = () => {
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', { details: { Key: 'a<b' } });
    };
    const response = await s3('GET', '/bucket/a%3Cb');
    expect(response.status).toBe(404);
    expect(text(response)).toMatch(
      /<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><Key>a&lt;b<\/Key><RequestId>.+<\/RequestId><\/Error>$/,
    );
    const head = await s3('HEAD', '/bucket/a');
    expect([head.status, head.body.length]).toEqual([404, 0]);
    cloud.answer = () => {
      throw new AwsError('NotModified', 'Not Modified', { status: 304 });
    };
    const unchanged = await s3('GET', '/bucket/a', '', { 'if-none-match': '"e"' });
    expect([unchanged.status, unchanged.body.length]).toEqual([304, 0]);
  });

  it.each([
    ['JSON that is cut short', () => json('DynamoDB_20120810.ListTables', '{"Limit":'), 'not well-formed JSON'],
    ['JSON that is no structure', () => json('DynamoDB_20120810.ListTables', '[1]'), 'not a structure'],
    [
      'a number for text',
      () => json('DynamoDB_20120810.DescribeTable', '{"TableName":7}'),
      'NUMBER_VALUE cannot be converted to String at TableName',
    ],
    [
      'text for a list, deep inside',
      () => json('AmazonSQS.SendMessageBatch', '{"QueueUrl":"u","Entries":[{"Id":"1","MessageBody":"m","MessageAttributes":"x"}]}'),
      'Entries[0].MessageAttributes',
    ],
    ['broken Base64', () => json('Kinesis_20131202.PutRecord', '{"Data":"a*b=","PartitionKey":"p"}'), 'Invalid Base64 at Data'],
    [
      'a number that is none',
      () => form('Action=ReceiveMessage&Version=2012-11-05&MaxNumberOfMessages=ten'),
      'Invalid number &quot;ten&quot; at MaxNumberOfMessages',
    ],
    ['XML that is cut short', () => s3('POST', '/bucket?delete', '<Delete><Object>'), 'XML'],
    [
      'gzip that is not',
      () => json('GraniteServiceVersion20100801.PutMetricData', 'plain', { 'content-encoding': 'gzip' }),
      'not well-formed gzip',
    ],
  ])('refuses %s, and says where', async (_what, send, message) => {
    const response = await send();
    expect(response.status).toBe(400);
    expect(text(response)).toContain(message);
    expect(cloud.seen).toEqual([]);
    expect(cloud.faults).toEqual([]);
  });

  it('refuses web pages from elsewhere, but not those of this machine', async () => {
    for (const origin of ['https://example.com', 'null', 'http://localhost.example.com', 'http://127.0.0.1.example.com:80']) {
      const response = await json('DynamoDB_20120810.ListTables', '{}', { origin });
      expect([origin, response.status]).toEqual([origin, 403]);
    }
    expect(cloud.seen).toEqual([]);
    for (const origin of ['http://localhost:5173', 'http://127.0.0.1:3000', 'http://app.localhost', 'https://[::1]:8443']) {
      expect([origin, (await json('DynamoDB_20120810.ListTables', '{}', { origin })).status]).toEqual([origin, 200]);
    }
  });

  it('shows a fault of a service as one, and reports it', async () => {
    cloud.answer = () => {
      throw new RangeError('index 7 of 3');
    };
    const response = await json('DynamoDB_20120810.ListTables');
    expect(response.status).toBe(500);
    expect(parsed(response)).toMatchObject({ __type: expect.stringContaining('InternalFailure'), message: 'RangeError: index 7 of 3' });
    expect(cloud.faults).toEqual([new RangeError('index 7 of 3')]);
  });

  it('shows an answer that does not fit its operation as a fault, and names the member', async () => {
    cloud.answer = () => ({ Table: { CreationDateTime: 5 } });
    const response = await json('DynamoDB_20120810.DescribeTable', '{"TableName":"t"}');
    expect(response.status).toBe(500);
    expect(parsed(response)).toMatchObject({ message: expect.stringContaining('number at Table.CreationDateTime, where a Date belongs') });
    expect(cloud.faults).toHaveLength(1);
  });

  it('reads compressed requests', async () => {
    const body = gzipSync(JSON.stringify({ Namespace: 'n', MetricData: [] }));
    const response = await json('GraniteServiceVersion20100801.PutMetricData', body, { 'content-encoding': 'gzip' });
    expect(response.status).toBe(200);
    expect(cloud.seen[0]?.input).toEqual({ Namespace: 'n', MetricData: [] });
  });

  it('puts a checksum on what DynamoDB answers, and a request id and the time on everything', async () => {
    cloud.answer = () => ({ TableNames: ['tä'] });
    const response = await json('DynamoDB_20120810.ListTables');
    expect(response.headers['x-amz-crc32']).toBe(String(crc32(response.body)));
    expect(response.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(Date.parse(String(response.headers.date))).not.toBeNaN();
  });
});
