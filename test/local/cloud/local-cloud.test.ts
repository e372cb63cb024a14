import { fileURLToPath } from 'node:url';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type App, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaResource, Runtime } from 'aws-cdk-lib/aws-lambda';
import { HandlerFunction } from 'millrace';
import { AssemblyError, LocalCloud, type ServiceCall } from 'millrace/local';
import { type LocalAssembly, synthesizeLocally } from 'millrace/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

class CounterStack extends Stack {
  constructor(app: App, id: string, options: { readonly granted: boolean }) {
    super(app, id);
    const table = new Table(this, 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
    const count = new HandlerFunction(this, 'Count', {
      entry: fileURLToPath(new URL('handlers/count.ts', import.meta.url)),
      environment: { TABLE: table.tableName },
    });
    if (options.granted) table.grantWriteData(count);
    const api = new RestApi(this, 'Api', { deployOptions: { stageName: 'v1' } });
    api.root.addResource('count').addMethod('POST', new LambdaIntegration(count));
    new Rule(this, 'Hourly', { schedule: Schedule.cron({ minute: '0' }), targets: [new LambdaFunction(count)] });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    new CfnOutput(this, 'FunctionName', { value: count.functionName });
  }
}

const made: LocalAssembly[] = [];
const clouds: LocalCloud[] = [];

function assembly(build: (app: App) => void): string {
  const synthesized = synthesizeLocally(build);
  made.push(synthesized);
  return synthesized.directory;
}

async function load(directory: string, options: Parameters<typeof LocalCloud.fromAssembly>[1] = {}): Promise<LocalCloud> {
  const cloud = await LocalCloud.fromAssembly(directory, options);
  clouds.push(cloud);
  return cloud;
}

let counter: string;
beforeAll(() => {
  counter = assembly((app) => new CounterStack(app, 'Counter', { granted: true }));
});
afterEach(() => Promise.all(clouds.splice(0).map((cloud) => cloud.stop())));
afterAll(() => {
  for (const { remove } of made) remove();
});

const counted = async (cloud: LocalCloud): Promise<number> => {
  const client = cloud.client(new DynamoDBClient({}));
  const { Item } = await client.send(new GetItemCommand({ TableName: cloud.outputs.TableName, Key: { pk: { S: 'count' } } }));
  return Number(Item?.n?.N ?? 0);
};

describe('a loaded stack', () => {
  it('answers over its API, at the time of the cloud', async () => {
    const cloud = await load(counter, { startAt: Date.UTC(2030, 4, 1) });
    const response = await cloud.fetch('/v1/count', { method: 'POST' });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ n: 1, at: expect.stringMatching(/^2030-05-01T00:00:00/) });
  });

  it('says where nothing is', async () => {
    const cloud = await load(counter);
    const response = await cloud.fetch('/v2/count', { method: 'POST' });
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('v1') });
  });

  it('runs its schedules: a day costs 24 invocations', async () => {
    const cloud = await load(counter);
    await cloud.advance({ hours: 24 });
    expect(await counted(cloud)).toBe(24);
  });

  it('is the same for the same seed, call by call, and another for another', async () => {
    const trace = async (seed: number): Promise<string> => {
      const cloud = await load(counter, { seed });
      const calls: string[] = [];
      cloud.kernel.intercept({ before: (call: ServiceCall) => calls.push(`${cloud.kernel.now()} ${call.service}:${call.operation}`) });
      const answers = await Promise.all([1, 2, 3].map(async () => (await cloud.fetch('/v1/count', { method: 'POST' })).text()));
      await cloud.advance({ hours: 3 });
      return [...calls, ...answers].join('\n');
    };
    expect(await trace(7)).toBe(await trace(7));
    expect(await trace(7)).not.toBe(await trace(8));
  });
});

describe('IAM', () => {
  it('lets a function do what it was granted, and shows what it used', async () => {
    const cloud = await load(counter);
    await cloud.fetch('/v1/count', { method: 'POST' });
    const role = cloud.resources.find(({ type, path }) => type === 'AWS::IAM::Role' && path.includes('Count'));
    expect([...(cloud.access?.usedBy(String(role?.attributes?.Arn)) ?? [])]).toContain('dynamodb:UpdateItem');
    expect(cloud.access?.refusals).toEqual([]);
  });

  it('refuses what the stack forgot to grant, in the words of AWS', async () => {
    const cloud = await load(assembly((app) => new CounterStack(app, 'Forgetful', { granted: false })));
    const lambda = cloud.client(new LambdaClient({}));
    const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName: cloud.outputs.FunctionName }));
    expect([FunctionError, JSON.parse(Payload?.transformToString() ?? '')]).toEqual([
      'Unhandled',
      expect.objectContaining({
        errorType: 'AccessDeniedException',
        errorMessage: expect.stringMatching(
          /^User: arn:aws:sts::000000000000:assumed-role\/.* is not authorized to perform: dynamodb:UpdateItem on resource: arn:aws:dynamodb:/,
        ),
      }),
    ]);
    expect(cloud.access?.refusals).toMatchObject([{ action: 'dynamodb:UpdateItem' }]);
  });

  it('can be switched off', async () => {
    const cloud = await load(
      assembly((app) => new CounterStack(app, 'Forgetful', { granted: false })),
      { enforceIam: false },
    );
    expect((await cloud.fetch('/v1/count', { method: 'POST' })).status).toBe(200);
  });
});

describe('what can not be loaded', () => {
  it('a resource type that it does not know: the error names type and construct path', async () => {
    const directory = assembly((app) => new CfnResource(new Stack(app, 'Exotic'), 'Robot', { type: 'AWS::RoboMaker::Robot' }));
    await expect(load(directory)).rejects.toThrow(AssemblyError);
    await expect(load(directory)).rejects.toThrow(/Exotic\/Robot: .*AWS::RoboMaker::Robot/);
  });

  it('… and all of them at once', async () => {
    const directory = assembly((app) => {
      const stack = new Stack(app, 'Exotic');
      new CfnResource(stack, 'Robot', { type: 'AWS::RoboMaker::Robot' });
      new CfnResource(stack, 'Fleet', { type: 'AWS::RoboMaker::Fleet' });
    });
    await expect(load(directory)).rejects.toThrow(/Exotic\/Robot: .*AWS::RoboMaker::Robot[\s\S]*Exotic\/Fleet: .*AWS::RoboMaker::Fleet/);
  });

  it('… unless it is given a type for it', async () => {
    const directory = assembly((app) => new CfnResource(new Stack(app, 'Exotic'), 'Robot', { type: 'AWS::RoboMaker::Robot' }));
    const cloud = await load(directory, { resourceTypes: { 'AWS::RoboMaker::Robot': () => ({ ref: 'robot-1' }) } });
    expect(cloud.resources.map(({ ref }) => ref)).toEqual(['robot-1']);
  });

  it('a condition that could be decided only wrongly: the error names the key', async () => {
    const directory = assembly((app) => {
      const role = new Role(new Stack(app, 'Conditional'), 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      const conditions = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
      role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'], conditions }));
    });
    await expect(load(directory)).rejects.toThrow(/Conditional-Role.* has a condition on aws:sourceip/);
    await load(directory, { enforceIam: false });
  });

  it('a function whose role does not trust Lambda', async () => {
    const directory = assembly((app) => {
      const stack = new Stack(app, 'Untrusting');
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
      new LambdaResource(stack, 'F', {
        role,
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = 1'),
      });
    });
    await expect(load(directory)).rejects.toThrow(
      /^Untrusting\/F\/Resource \(AWS::Lambda::Function\): .*The role defined for the function cannot be assumed by Lambda\./,
    );
  });

  it('a value that its service refuses, or a property that is not known: the error names type and construct path', async () => {
    const queue = (properties: object) =>
      assembly((app) => new CfnResource(new Stack(app, 'Typing'), 'Queue', { type: 'AWS::SQS::Queue', properties }));
    const where = 'Typing/Queue (AWS::SQS::Queue): ';
    await expect(load(queue({ VisibilityTimeout: 99_999_999 }))).rejects.toThrow(`${where}InvalidAttributeValue: Invalid value for`);
    await expect(load(queue({ DelaySecond: 4 }))).rejects.toThrow(`${where}The local cloud does not know the property DelaySecond.`);
  });

  it('a folder that is no assembly', async () => {
    await expect(load('/nowhere')).rejects.toThrow(/no cloud assembly.*cdk synth/);
  });
});
