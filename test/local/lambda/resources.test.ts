import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { AttributeType, type ITable, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import {
  Alias,
  Architecture,
  Code,
  FilterCriteria,
  FilterRule,
  type FunctionProps,
  FunctionUrlAuthType,
  type IVersion,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { DynamoEventSource, KinesisEventSource, S3OnFailureDestination, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { LocalCloud } from '../../../local/index.ts';
import { bundle } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'asset-'));
writeFileSync(
  join(directory, 'index.mjs'),
  'export const handler = async (event) => ({ stage: process.env.STAGE, version: process.env.AWS_LAMBDA_FUNCTION_VERSION, event });',
);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function functionProps(more: Partial<FunctionProps> = {}): FunctionProps {
  return { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromAsset(directory), ...more };
}

async function deploy(build: (stack: Stack) => void): Promise<LocalCloud> {
  const app = new App({
    analyticsReporting: false,
    context: { 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:enable-path-metadata': true },
  });
  build(new Stack(app, 'Test'));
  return LocalCloud.fromApp(app);
}

async function invoke(cloud: LocalCloud, FunctionName: string, event: object = {}): Promise<unknown> {
  const input = { FunctionName, Payload: Buffer.from(JSON.stringify(event)) };
  const output = (await cloud.kernel.until(cloud.kernel.call({ service: 'lambda', operation: 'Invoke', input }))) as {
    Payload: Uint8Array;
  };
  return JSON.parse(Buffer.from(output.Payload).toString());
}

describe('functions from a template', () => {
  it('are made with everything that the CDK says of them', async () => {
    const cloud = await deploy((stack) => {
      const handler = new LambdaFunction(
        stack,
        'Handler',
        functionProps({
          functionName: 'bookings',
          description: 'takes bookings',
          architecture: Architecture.ARM_64,
          memorySize: 512,
          timeout: Duration.seconds(20),
          ephemeralStorageSize: Size.gibibytes(1),
          environment: { STAGE: 'test' },
          reservedConcurrentExecutions: 5,
          deadLetterQueue: new Queue(stack, 'Dead'),
          logGroup: new LogGroup(stack, 'Log', { logGroupName: '/bookings' }),
        }),
      );
      new Alias(stack, 'Live', { aliasName: 'live', version: handler.currentVersion as IVersion });
      handler.configureAsyncInvoke({
        retryAttempts: 1,
        maxEventAge: Duration.minutes(5),
        onFailure: new SqsDestination(new Queue(stack, 'Failed')),
      });
      handler.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    });
    expect(await invoke(cloud, 'bookings', { a: 1 })).toEqual({ stage: 'test', version: '$LATEST', event: { a: 1 } });
    expect(await invoke(cloud, 'bookings:live')).toMatchObject({ version: '1' });
    const client = cloud.client(new LambdaClient({}));
    const found = await client.send(new GetFunctionCommand({ FunctionName: 'bookings' }));
    expect(found).toMatchObject({
      Concurrency: { ReservedConcurrentExecutions: 5 },
      Configuration: {
        Description: 'takes bookings',
        Architectures: ['arm64'],
        MemorySize: 512,
        Timeout: 20,
        EphemeralStorage: { Size: 1024 },
        LoggingConfig: { LogGroup: '/bookings' },
        DeadLetterConfig: { TargetArn: expect.stringMatching(/^arn:aws:sqs:/) },
      },
    });
    const settings = await client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'bookings', Qualifier: '$LATEST' }));
    expect(settings).toMatchObject({ MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 300 });
    expect(cloud.resources.find(({ type }) => type === 'AWS::Lambda::Url')?.attributes?.FunctionUrl).toMatch(
      /^https:\/\/.+\.lambda-url\.us-east-1\.on\.aws\/$/,
    );
  });

  it('read queues and streams as the CDK sets them up', async () => {
    const cloud = await deploy((stack) => {
      const handler = new LambdaFunction(stack, 'Handler', functionProps({ functionName: 'reader' }));
      const table = new TableV2(stack, 'Table', {
        partitionKey: { name: 'id', type: AttributeType.STRING },
        dynamoStream: StreamViewType.NEW_IMAGE,
      });
      handler.addEventSource(
        new SqsEventSource(new Queue(stack, 'Queue'), { batchSize: 5, maxConcurrency: 3, reportBatchItemFailures: true }),
      );
      handler.addEventSource(
        new KinesisEventSource(new Stream(stack, 'Stream'), {
          startingPosition: StartingPosition.TRIM_HORIZON,
          parallelizationFactor: 2,
          tumblingWindow: Duration.minutes(1),
          onFailure: new S3OnFailureDestination(new Bucket(stack, 'Bucket') as IBucket),
        }),
      );
      handler.addEventSource(
        new DynamoEventSource(table as ITable, {
          startingPosition: StartingPosition.LATEST,
          bisectBatchOnError: true,
          retryAttempts: 4,
          maxRecordAge: Duration.hours(1),
          filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT') })],
        }),
      );
    });
    const { EventSourceMappings: mappings = [] } = await cloud
      .client(new LambdaClient({}))
      .send(new ListEventSourceMappingsCommand({ FunctionName: 'reader' }));
    const of = (service: string) => mappings.find(({ EventSourceArn: source }) => source?.startsWith(`arn:aws:${service}:`));
    expect(of('sqs')).toMatchObject({
      BatchSize: 5,
      ScalingConfig: { MaximumConcurrency: 3 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(of('kinesis')).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      ParallelizationFactor: 2,
      TumblingWindowInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: expect.stringMatching(/^arn:aws:s3:::/) } },
    });
    expect(of('dynamodb')).toMatchObject({
      StartingPosition: 'LATEST',
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 4,
      MaximumRecordAgeInSeconds: 3600,
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
    });
  });

  it('may act only as their roles allow', async () => {
    const cloud = await deploy((stack) => {
      const table = new TableV2(stack, 'Table', { tableName: 'bookings', partitionKey: { name: 'id', type: AttributeType.STRING } });
      const code = (action: string) =>
        Code.fromInline(`const { DynamoDBClient, ${action} } = require('@aws-sdk/client-dynamodb');
        exports.handler = () => new DynamoDBClient({}).send(new ${action}({ TableName: 'bookings', Key: { id: { S: 'a' } } })).then(() => 'done', (error) => error.name);`);
      const reads = new LambdaFunction(stack, 'Reads', functionProps({ functionName: 'reads', code: code('GetItemCommand') }));
      const deletes = new LambdaFunction(stack, 'Deletes', functionProps({ functionName: 'deletes', code: code('DeleteItemCommand') }));
      table.grantReadData(reads);
      table.grantReadData(deletes);
    });
    expect(await invoke(cloud, 'reads')).toBe('done');
    expect(await invoke(cloud, 'deletes')).toBe('AccessDeniedException');
    expect(cloud.access?.refusals).toMatchObject([{ action: 'dynamodb:DeleteItem' }]);
  });

  it('may carry the AWS SDK: it talks to the wire endpoint in process, in the name of their role', async () => {
    const packaged = bundle(
      `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
       import { DynamoDBDocumentClient, GetCommand, PutCommand, DeleteCommand } from '@aws-sdk/lib-dynamodb';
       const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
       export const handler = async () => {
         await table.send(new PutCommand({ TableName: 'bookings', Item: { id: 'a', seats: 2, bytes: new Uint8Array([1, 2]) } }));
         const { Item } = await table.send(new GetCommand({ TableName: 'bookings', Key: { id: 'a' } }));
         const refused = await table.send(new DeleteCommand({ TableName: 'bookings', Key: { id: 'a' } })).catch((error) => error.name);
         return { seats: Item.seats, bytes: [...Item.bytes], refused };
       };`,
      { external: [], banner: "import { createRequire } from 'module'; const require = createRequire(import.meta.url);" },
    );
    const cloud = await deploy((stack) => {
      const table = new TableV2(stack, 'Table', { tableName: 'bookings', partitionKey: { name: 'id', type: AttributeType.STRING } });
      const handler = new LambdaFunction(stack, 'Handler', functionProps({ functionName: 'bundled', code: Code.fromAsset(packaged) }));
      table.grant(handler, 'dynamodb:PutItem', 'dynamodb:GetItem');
    });
    expect(await invoke(cloud, 'bundled')).toEqual({ seats: 2, bytes: [1, 2], refused: 'AccessDeniedException' });
  });

  it('are refused with their construct path when they can not run here', async () => {
    await expect(
      deploy(
        (stack) =>
          new LambdaFunction(stack, 'Snake', { runtime: Runtime.PYTHON_3_13, handler: 'index.handler', code: Code.fromInline('x = 1') }),
      ),
    ).rejects.toThrow(/Test\/Snake\/Resource \(AWS::Lambda::Function\).*python3\.13/);
    await expect(deploy((stack) => new LayerVersion(stack, 'Layer', { code: Code.fromAsset(directory) }))).rejects.toThrow(
      /Test\/Layer.*no layers/,
    );
  });
});
