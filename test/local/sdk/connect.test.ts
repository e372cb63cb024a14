import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { AwsError, Kernel, type Service, type ServiceName } from '../../../local/kernel/index.ts';
import { connect } from '../../../local/sdk/index.ts';

interface Seen {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly principal: string;
}

function cloud(name: ServiceName, answer: (operation: string, input: Record<string, unknown>, calls: number) => object) {
  const kernel = new Kernel();
  const seen: Seen[] = [];
  const service: Service = {
    name,
    invoke(operation, input, context) {
      const record = input as Record<string, unknown>;
      seen.push({ operation, input: record, principal: context.principal });
      return answer(operation, record, seen.length);
    },
  };
  kernel.register(service);
  return { kernel, seen };
}

/** Runs the clock until `work` is done. */
async function run<Value>(kernel: Kernel, work: Promise<Value>): Promise<Value> {
  const outcome = work.then(
    (value) => ({ ok: true as const, value }),
    (error: unknown) => ({ ok: false as const, error }),
  );
  await kernel.settle();
  const result = await outcome;
  if (!result.ok) throw result.error;
  return result.value;
}

describe('a connected client', () => {
  it('hands the typed request to the service and gives its typed answer back', async () => {
    const { kernel, seen } = cloud('dynamodb', () => ({ Attributes: { id: { S: 'a' } } }));
    const client = connect(new DynamoDBClient({}), kernel, 'arn:aws:iam::000000000000:role/reader');
    const answer = await run(kernel, client.send(new PutItemCommand({ TableName: 't', Item: { id: { S: 'a' } } })));
    expect(answer.Attributes).toEqual({ id: { S: 'a' } });
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(seen).toEqual([
      {
        operation: 'PutItem',
        input: { TableName: 't', Item: { id: { S: 'a' } } },
        principal: 'arn:aws:iam::000000000000:role/reader',
      },
    ]);
  });

  it('lets neither side change the data of the other', async () => {
    const stored = { a: { B: new Uint8Array([1]) } };
    const { kernel, seen } = cloud('dynamodb', () => ({ Attributes: stored }));
    const item = { a: { S: 'before' } };
    const client = connect(new DynamoDBClient({}), kernel);
    const answer = await run(kernel, client.send(new PutItemCommand({ TableName: 't', Item: item })));
    item.a.S = 'after';
    answer.Attributes?.a?.B?.fill(9);
    expect(seen[0]?.input).toMatchObject({ Item: { a: { S: 'before' } } });
    expect(stored.a.B).toEqual(new Uint8Array([1]));
  });

  it('marshals for the document client', async () => {
    const { kernel, seen } = cloud('dynamodb', (operation) => (operation === 'GetItem' ? { Item: { id: { S: 'a' }, n: { N: '7' } } } : {}));
    const client = DynamoDBDocumentClient.from(connect(new DynamoDBClient({}), kernel));
    await run(kernel, client.send(new PutCommand({ TableName: 't', Item: { id: 'a', n: 7 } })));
    expect(seen[0]?.input).toEqual({ TableName: 't', Item: { id: { S: 'a' }, n: { N: '7' } } });
    const answer = await run(kernel, client.send(new GetCommand({ TableName: 't', Key: { id: 'a' } })));
    expect(answer.Item).toEqual({ id: 'a', n: 7 });
  });

  it('throws the exception classes of the SDK, with their members', async () => {
    const { kernel } = cloud('dynamodb', () => {
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', { details: { Item: { id: { S: 'a' } } } });
    });
    const client = connect(new DynamoDBClient({}), kernel);
    const error = await run(kernel, client.send(new PutItemCommand({ TableName: 't', Item: {} }))).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      $fault: 'client',
      $metadata: { httpStatusCode: 400, attempts: 1 },
      Item: { id: { S: 'a' } },
    });
  });

  it('tries throttled calls three times, waiting on the clock of the kernel', async () => {
    const { kernel, seen } = cloud('dynamodb', (_operation, _input, calls) => {
      if (calls < 3) throw new AwsError('ThrottlingException', 'Rate exceeded');
      return {};
    });
    const client = connect(new DynamoDBClient({}), kernel);
    const started = kernel.now();
    const answer = await run(kernel, client.send(new PutItemCommand({ TableName: 't', Item: {} })));
    expect(seen).toHaveLength(3);
    expect(answer.$metadata.attempts).toBe(3);
    expect(kernel.now() - started).toBe(answer.$metadata.totalRetryDelay);
  });

  it('gives up after the third attempt, and does not retry what the client did wrong', async () => {
    const throttled = cloud('dynamodb', () => {
      throw new AwsError('InternalServerError', 'no', { fault: 'server' });
    });
    const client = connect(new DynamoDBClient({}), throttled.kernel);
    await expect(run(throttled.kernel, client.send(new PutItemCommand({ TableName: 't', Item: {} })))).rejects.toMatchObject({
      name: 'InternalServerError',
      $fault: 'server',
      $metadata: { attempts: 3 },
    });
    expect(throttled.seen).toHaveLength(3);
  });

  it('keeps the MD5 check of the SQS client', async () => {
    const md5 = createHash('md5').update('hello').digest('hex');
    const { kernel } = cloud('sqs', () => ({ MessageId: '1', MD5OfMessageBody: md5 }));
    const client = connect(new SQSClient({}), kernel);
    const answer = await run(kernel, client.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'hello' })));
    expect(answer.MessageId).toBe('1');
    await expect(run(kernel, client.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'other' })))).rejects.toThrow(/checksum/i);
  });

  it('turns payloads and bodies into what the SDK hands out', async () => {
    const lambda = cloud('lambda', () => ({ StatusCode: 200, Payload: Buffer.from('{"a":1}') }));
    const invoked = await run(
      lambda.kernel,
      connect(new LambdaClient({}), lambda.kernel).send(new InvokeCommand({ FunctionName: 'f', Payload: '{}' })),
    );
    expect(invoked.Payload?.transformToString()).toBe('{"a":1}');
    expect(lambda.seen[0]?.input.Payload).toEqual(Buffer.from('{}'));

    const bucket = cloud('s3', (operation) => (operation === 'GetObject' ? { Body: Buffer.from('kept') } : {}));
    const s3 = connect(new S3Client({}), bucket.kernel);
    const object = await run(bucket.kernel, s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })));
    expect(await object.Body?.transformToString()).toBe('kept');
    await run(bucket.kernel, s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'text' })));
    expect(Buffer.from(bucket.seen[1]?.input.Body as Uint8Array).toString()).toBe('text');
  });

  it('says which services there are when a client is of another', () => {
    const stranger = { config: { serviceId: 'Braket' }, middlewareStack: new SQSClient({}).middlewareStack };
    expect(() => connect(stranger, new Kernel())).toThrow(/no service 'Braket'.*DynamoDB/);
  });
});
