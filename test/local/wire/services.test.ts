import * as DynamoDB from '@aws-sdk/client-dynamodb';
import * as EventBridge from '@aws-sdk/client-eventbridge';
import * as Kinesis from '@aws-sdk/client-kinesis';
import * as S3 from '@aws-sdk/client-s3';
import * as Scheduler from '@aws-sdk/client-scheduler';
import * as Sfn from '@aws-sdk/client-sfn';
import * as Sns from '@aws-sdk/client-sns';
import * as Sqs from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { Kernel, type ServiceCall } from '../../../local/kernel/index.ts';
import { connect, kernelPort, type SdkClient } from '../../../local/sdk/index.ts';
import { DynamoDb } from '../../../local/services/dynamodb/index.ts';
import { EventsService } from '../../../local/services/events/index.ts';
import { KinesisService } from '../../../local/services/kinesis/index.ts';
import { S3Service } from '../../../local/services/s3/index.ts';
import { SchedulerService } from '../../../local/services/scheduler/index.ts';
import { SnsService } from '../../../local/services/sns/index.ts';
import { SqsService } from '../../../local/services/sqs/index.ts';
import { StatesService } from '../../../local/services/stepfunctions/index.ts';
import { createWire, serveWire } from '../../../local/wire/index.ts';

/** A cloud with the real services on a virtual clock, and how clients reach it. */
interface World {
  connect<Client extends SdkClient>(make: (options: object) => Client): Client;
  stop(): Promise<void>;
}

const CREDENTIALS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 };

function newCloud(): Kernel {
  const kernel = new Kernel({ seed: 5 });
  const dynamodb = new DynamoDb(kernel);
  const services = [SqsService, SnsService, EventsService, KinesisService, S3Service, SchedulerService, StatesService].map(
    (Service) => new Service(kernel),
  );
  for (const service of [dynamodb, dynamodb.streams, ...services]) kernel.register(service);
  return kernel;
}

async function inProcess(): Promise<World> {
  const kernel = newCloud();
  const port = kernelPort(kernel);
  const sdkPort = { ...port, call: (call: ServiceCall) => kernel.until(port.call(call)) };
  return { connect: (make) => connect(make(CREDENTIALS), sdkPort, undefined, { maxAttempts: 1 }), stop: () => kernel.stop() };
}

async function overHttp(): Promise<World> {
  const kernel = newCloud();
  const wire = createWire({
    call: (call) => kernel.until(kernel.call(call)),
    service: (name) => kernel.service(name),
    now: () => kernel.now(),
  });
  const server = await serveWire(wire, { port: 0 });
  const clients: { destroy(): void }[] = [];
  return {
    connect(make) {
      const client = make({ ...CREDENTIALS, endpoint: server.url, disableHostPrefix: true });
      if (isDestroyable(client)) clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.destroy();
      await server.close();
      await kernel.stop();
    },
  };
}

function isDestroyable(client: object): client is { destroy(): void } {
  return 'destroy' in client;
}

/** Notes down an answer or a refusal, and hands the answer back. */
type Note = <Output extends object>(answer: Promise<Output>) => Promise<Output | undefined>;
/** A conversation with a service. */
type Story = (world: World, note: Note) => Promise<void>;

const QUEUE = 'http://127.0.0.1:4566/000000000000/jobs';
const topic = 'arn:aws:sns:us-east-1:000000000000:news';

const stories: Readonly<Record<string, Story>> = {
  async sqs(world, note) {
    const sqs = world.connect((options) => new Sqs.SQSClient(options));
    await note(sqs.send(new Sqs.CreateQueueCommand({ QueueName: 'jobs', Attributes: { VisibilityTimeout: '5' }, tags: { team: 'a&b' } })));
    await note(
      sqs.send(
        new Sqs.SendMessageBatchCommand({
          QueueUrl: QUEUE,
          Entries: [
            {
              Id: '1',
              MessageBody: 'snow ☃ <&>\n"',
              MessageAttributes: {
                n: { DataType: 'Number', StringValue: '1.5' },
                b: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
              },
            },
            { Id: '2', MessageBody: 'bad', DelaySeconds: 5_000 },
          ],
        }),
      ),
    );
    await note(
      sqs.send(
        new Sqs.ReceiveMessageCommand({
          QueueUrl: QUEUE,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
          WaitTimeSeconds: 20,
        }),
      ),
    );
    await note(sqs.send(new Sqs.ReceiveMessageCommand({ QueueUrl: QUEUE, WaitTimeSeconds: 20 })));
    await note(sqs.send(new Sqs.GetQueueAttributesCommand({ QueueUrl: QUEUE, AttributeNames: ['All'] })));
    await note(sqs.send(new Sqs.ListQueueTagsCommand({ QueueUrl: QUEUE })));
    await note(sqs.send(new Sqs.DeleteMessageCommand({ QueueUrl: QUEUE, ReceiptHandle: 'nonsense' })));
    await note(sqs.send(new Sqs.GetQueueUrlCommand({ QueueName: 'none' })));
    await note(sqs.send(new Sqs.SendMessageCommand({ QueueUrl: QUEUE, MessageBody: '' })));
  },

  async sns(world, note) {
    const sns = world.connect((options) => new Sns.SNSClient(options));
    const sqs = world.connect((options) => new Sqs.SQSClient(options));
    await note(sqs.send(new Sqs.CreateQueueCommand({ QueueName: 'jobs' })));
    await note(sns.send(new Sns.CreateTopicCommand({ Name: 'news', Tags: [{ Key: 'k', Value: 'v & <w>' }] })));
    const attributes = { RawMessageDelivery: 'true', FilterPolicy: '{"kind":["a"]}' };
    await note(
      sns.send(
        new Sns.SubscribeCommand({
          TopicArn: topic,
          Protocol: 'sqs',
          Endpoint: 'arn:aws:sqs:us-east-1:000000000000:jobs',
          Attributes: attributes,
          ReturnSubscriptionArn: true,
        }),
      ),
    );
    await note(
      sns.send(
        new Sns.PublishCommand({
          TopicArn: topic,
          Message: 'é & <b>',
          Subject: 's',
          MessageAttributes: { kind: { DataType: 'String', StringValue: 'a' } },
        }),
      ),
    );
    await note(
      sns.send(
        new Sns.PublishBatchCommand({
          TopicArn: topic,
          PublishBatchRequestEntries: [
            { Id: 'x', Message: 'm', MessageAttributes: { kind: { DataType: 'Binary', BinaryValue: new Uint8Array([7]) } } },
          ],
        }),
      ),
    );
    await note(sns.send(new Sns.GetTopicAttributesCommand({ TopicArn: topic })));
    await note(sns.send(new Sns.ListSubscriptionsByTopicCommand({ TopicArn: topic })));
    await note(sns.send(new Sns.PublishCommand({ TopicArn: `${topic}-none`, Message: 'm' })));
    await note(sns.send(new Sns.SubscribeCommand({ TopicArn: topic, Protocol: 'pigeon', Endpoint: 'x' })));
  },

  async events(world, note) {
    const events = world.connect((options) => new EventBridge.EventBridgeClient(options));
    await note(events.send(new EventBridge.PutRuleCommand({ Name: 'r', EventPattern: '{"source":["a"]}' })));
    await note(
      events.send(
        new EventBridge.PutTargetsCommand({
          Rule: 'r',
          Targets: [
            {
              Id: '1',
              Arn: 'arn:aws:sqs:us-east-1:000000000000:jobs',
              InputTransformer: { InputPathsMap: { id: '$.id' }, InputTemplate: '{"id":<id>}' },
            },
          ],
        }),
      ),
    );
    await note(
      events.send(
        new EventBridge.PutEventsCommand({
          Entries: [
            { Source: 'a', DetailType: 'd', Detail: '{"x":"☃"}', Time: new Date('2026-01-01T00:00:00Z') },
            { Source: 'a', DetailType: 'd', Detail: 'no JSON' },
          ],
        }),
      ),
    );
    await note(events.send(new EventBridge.ListTargetsByRuleCommand({ Rule: 'r' })));
    await note(events.send(new EventBridge.DescribeRuleCommand({ Name: 'r' })));
    await note(events.send(new EventBridge.DescribeRuleCommand({ Name: 'none' })));
    await note(events.send(new EventBridge.PutRuleCommand({ Name: 'bad', EventPattern: '{"source":"a"}' })));
  },

  async kinesis(world, note) {
    const kinesis = world.connect((options) => new Kinesis.KinesisClient(options));
    await note(kinesis.send(new Kinesis.CreateStreamCommand({ StreamName: 's', ShardCount: 2 })));
    const waiting = { client: kinesis, maxWaitTime: 60, minDelay: 0.01, maxDelay: 0.01 };
    await note(Kinesis.waitUntilStreamExists(waiting, { StreamName: 's' }).then(({ state }) => ({ state })));
    await note(
      kinesis.send(
        new Kinesis.PutRecordsCommand({
          StreamName: 's',
          Records: [
            { PartitionKey: 'a', Data: new Uint8Array([1, 2, 255]) },
            { PartitionKey: 'ü', Data: Buffer.from('{"a":1}') },
          ],
        }),
      ),
    );
    for (const ShardId of ['shardId-000000000000', 'shardId-000000000001']) {
      const iterator = await note(
        kinesis.send(new Kinesis.GetShardIteratorCommand({ StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' })),
      );
      const ShardIterator = iterator?.ShardIterator;
      await note(kinesis.send(new Kinesis.GetRecordsCommand({ ShardIterator })));
    }
    await note(kinesis.send(new Kinesis.DescribeStreamSummaryCommand({ StreamName: 's' })));
    await note(
      kinesis.send(
        new Kinesis.GetShardIteratorCommand({ StreamName: 'none', ShardId: 'shardId-000000000000', ShardIteratorType: 'LATEST' }),
      ),
    );
  },

  async scheduler(world, note) {
    const scheduler = world.connect((options) => new Scheduler.SchedulerClient(options));
    const target = { Arn: 'arn:aws:sqs:us-east-1:000000000000:jobs', RoleArn: 'arn:aws:iam::000000000000:role/r', Input: '{"a":"é"}' };
    const schedule = {
      Name: 'nightly',
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Zurich',
      FlexibleTimeWindow: { Mode: 'OFF' as const },
      Target: target,
    };
    await note(
      scheduler.send(new Scheduler.CreateScheduleCommand({ ...schedule, StartDate: new Date('2026-02-01T00:00:00Z'), ClientToken: 't' })),
    );
    await note(scheduler.send(new Scheduler.GetScheduleCommand({ Name: 'nightly' })));
    await note(scheduler.send(new Scheduler.ListSchedulesCommand({ NamePrefix: 'night', MaxResults: 5 })));
    await note(scheduler.send(new Scheduler.CreateScheduleCommand({ ...schedule, ClientToken: 'u' })));
    await note(scheduler.send(new Scheduler.DeleteScheduleCommand({ Name: 'none', ClientToken: 't' })));
  },

  async dynamodb(world, note) {
    const dynamodb = world.connect((options) => new DynamoDB.DynamoDBClient(options));
    const TableName = 'table';
    const pk = { S: 'a' };
    await note(
      dynamodb.send(
        new DynamoDB.CreateTableCommand({
          TableName,
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      ),
    );
    const item = {
      pk,
      b: { B: new Uint8Array([1, 2, 255]) },
      bs: { BS: [new Uint8Array([9])] },
      n: { N: '12345678901234567890.5' },
      ns: { NS: ['1', '2'] },
      m: { M: { l: { L: [{ BOOL: true }, { NULL: true }, { S: '☃' }] } } },
    };
    await note(dynamodb.send(new DynamoDB.PutItemCommand({ TableName, Item: item, ReturnConsumedCapacity: 'TOTAL' })));
    await note(dynamodb.send(new DynamoDB.GetItemCommand({ TableName, Key: { pk }, ConsistentRead: true })));
    await note(
      dynamodb.send(
        new DynamoDB.UpdateItemCommand({
          TableName,
          Key: { pk },
          UpdateExpression: 'SET #v = :one REMOVE m',
          ExpressionAttributeNames: { '#v': 'v' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
          ReturnValues: 'ALL_NEW',
        }),
      ),
    );
    await note(
      dynamodb.send(new DynamoDB.QueryCommand({ TableName, KeyConditionExpression: 'pk = :a', ExpressionAttributeValues: { ':a': pk } })),
    );
    const taken = {
      TableName,
      Item: { pk },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    await note(dynamodb.send(new DynamoDB.PutItemCommand(taken)));
    await note(
      dynamodb.send(
        new DynamoDB.TransactWriteItemsCommand({
          ClientRequestToken: 't',
          TransactItems: [{ Put: taken }, { Put: { TableName, Item: { pk: { S: 'b' } } } }],
        }),
      ),
    );
    await note(dynamodb.send(new DynamoDB.GetItemCommand({ TableName: 'absent', Key: { pk } })));
    await note(dynamodb.send(new DynamoDB.PutItemCommand({ TableName, Item: { pk: { S: '' } } })));
    await note(dynamodb.send(new DynamoDB.CreateBackupCommand({ TableName, BackupName: 'b' })));
  },

  async s3(world, note) {
    const s3 = world.connect((options) => new S3.S3Client({ ...options, requestChecksumCalculation: 'WHEN_REQUIRED' }));
    const Bucket = 'shop';
    await note(s3.send(new S3.CreateBucketCommand({ Bucket })));
    const Key = 'a/b c/☃+&.txt';
    const body = Buffer.from('line\r\n☃\u0000\xff');
    await note(
      s3.send(
        new S3.PutObjectCommand({
          Bucket,
          Key,
          Body: body,
          ContentType: 'text/x',
          Metadata: { colour: 'red', FirstSeen: 'Today' },
          Tagging: 'k=v%26w',
        }),
      ),
    );
    await note(s3.send(new S3.GetObjectCommand({ Bucket, Key })));
    await note(s3.send(new S3.GetObjectCommand({ Bucket, Key, Range: 'bytes=1-3' })));
    await note(s3.send(new S3.HeadObjectCommand({ Bucket, Key })));
    await note(s3.send(new S3.GetObjectCommand({ Bucket, Key, IfNoneMatch: '*' })));
    await note(s3.send(new S3.HeadObjectCommand({ Bucket, Key, IfMatch: '"other"' })));
    await note(s3.send(new S3.HeadObjectCommand({ Bucket, Key: 'missing' })));
    await note(s3.send(new S3.HeadBucketCommand({ Bucket: 'missing' })));
    await note(s3.send(new S3.CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${encodeURIComponent(Key)}` })));
    await note(s3.send(new S3.ListObjectsV2Command({ Bucket, Prefix: 'a/', Delimiter: '/' })));
    await note(s3.send(new S3.ListObjectsV2Command({ Bucket, MaxKeys: 1 })));
    await note(s3.send(new S3.GetObjectTaggingCommand({ Bucket, Key })));
    const upload = await note(s3.send(new S3.CreateMultipartUploadCommand({ Bucket, Key: 'parts' })));
    const part = { Bucket, Key: 'parts', UploadId: upload?.UploadId };
    const first = await note(s3.send(new S3.UploadPartCommand({ ...part, PartNumber: 1, Body: 'whole' })));
    await note(s3.send(new S3.ListPartsCommand(part)));
    await note(
      s3.send(new S3.CompleteMultipartUploadCommand({ ...part, MultipartUpload: { Parts: [{ PartNumber: 1, ETag: first?.ETag }] } })),
    );
    await note(s3.send(new S3.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'copy' }, { Key: 'never <was>' }] } })));
    await note(s3.send(new S3.GetBucketLocationCommand({ Bucket })));
    await note(s3.send(new S3.ListBucketsCommand({})));
    await note(s3.send(new S3.GetObjectCommand({ Bucket, Key: 'none' })));
    await note(s3.send(new S3.HeadObjectCommand({ Bucket, Key: 'none' })));
    await note(s3.send(new S3.GetObjectCommand({ Bucket: 'absent', Key })));
    await note(s3.send(new S3.PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '*' })));
    await note(s3.send(new S3.DeleteBucketCommand({ Bucket })));
  },

  async states(world, note) {
    const states = world.connect((options) => new Sfn.SFNClient(options));
    const definition = JSON.stringify({
      StartAt: 'A',
      QueryLanguage: 'JSONata',
      States: { A: { Type: 'Pass', Output: { sum: '{% $states.input.a + 1 %}', snow: '☃' }, End: true } },
    });
    const created = await note(
      states.send(
        new Sfn.CreateStateMachineCommand({ name: 'm', definition, roleArn: 'arn:aws:iam::000000000000:role/r', type: 'STANDARD' }),
      ),
    );
    const stateMachineArn = created?.stateMachineArn;
    const started = await note(states.send(new Sfn.StartExecutionCommand({ stateMachineArn, name: 'e', input: '{"a":1}' })));
    const executionArn = started?.executionArn;
    await note(states.send(new Sfn.DescribeExecutionCommand({ executionArn })));
    await note(states.send(new Sfn.GetExecutionHistoryCommand({ executionArn })));
    await note(states.send(new Sfn.StartExecutionCommand({ stateMachineArn, name: 'e', input: '{"a":2}' })));
    await note(states.send(new Sfn.DescribeStateMachineCommand({ stateMachineArn: `${stateMachineArn}x` })));
  },
};

/** Answers without metadata; refusals by name, text and details. */
async function tell(story: Story, world: World): Promise<unknown[]> {
  const told: unknown[] = [];
  await story(world, async (answer) => {
    told.push(await outcome(answer));
    return answer.catch(() => undefined);
  });
  return told;
}

async function outcome(answer: Promise<object>): Promise<unknown> {
  try {
    const { $metadata: _, ...members } = { $metadata: undefined, ...(await answer) };
    const stream = 'Body' in members ? members.Body : undefined;
    return plain(isStream(stream) ? { ...members, Body: await stream.transformToByteArray() } : members);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      refused: error.name,
      // The answer to HEAD has no body, and so no text.
      text: error.name === 'NotFound' ? '' : error.message,
      reasons: plain(Reflect.get(error, 'CancellationReasons')),
      item: plain(Reflect.get(error, 'Item')),
    };
  }
}

function isStream(value: unknown): value is { transformToByteArray(): Promise<Uint8Array> } {
  return typeof value === 'object' && value !== null && 'transformToByteArray' in value;
}

/** Bytes are bytes, whatever class the SDK gives them, and a member without a value is not there. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, plain(member)]])));
}

describe('the services themselves answer alike in process and over HTTP', () => {
  const worlds: World[] = [];
  afterEach(async () => {
    await Promise.all(worlds.splice(0).map((world) => world.stop()));
  });

  it.each(Object.entries(stories))('%s', async (_service, story) => {
    worlds.push(await inProcess(), await overHttp());
    const [near, far] = await Promise.all(worlds.map((world) => tell(story, world)));
    expect(samePort(far)).toEqual(samePort(near));
    expect(near?.length).toBeGreaterThan(4);
    expect(JSON.stringify(near)).toContain('"refused"');
  });
});

/** The port of a queue's URL is the one it was asked on. */
function samePort(told: unknown): unknown {
  return JSON.parse(JSON.stringify(told).replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://cloud'));
}
