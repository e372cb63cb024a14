import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption } from 'aws-cdk-lib/aws-kinesis';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { type Built, build, CONSTRUCTS, fn, SYSTEMS } from '../readiness/systems.ts';
import { findings, findingsWithoutReasons, reasons } from './aws-solutions.ts';

/** What `cdk init` writes into new projects; projects that are older have none of it. */
const RECOMMENDED: Record<string, unknown> = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8'),
);

const built = new Map<string, Built>();
function synthesized(system: string): Built {
  const known = built.get(system) ?? build(system);
  if (!built.has(system)) known.app.synth();
  built.set(system, known);
  return known;
}

describe.each(SYSTEMS)('%s', (system) => {
  it('has nothing that AwsSolutions finds, error or warning, without a reason', () => {
    expect(findings(synthesized(system).app)).toEqual([]);
  });

  it('gives reasons in words, and none for what would not be found', () => {
    const { app } = synthesized(system);
    const found = findingsWithoutReasons(app);
    for (const { path, rule, reason } of reasons(app)) {
      expect(reason, `${path} ${rule}`).toMatch(/^[A-Z].{25,}\.$/);
      expect(
        found.some((line) => line.includes(` ${rule} ${path}`)),
        `${rule} is explained at ${path}, where nothing is found`,
      ).toBe(true);
    }
  });
});

it.each(Object.keys(CONSTRUCTS))('%s has nothing under the feature flags of new projects either', (system) => {
  const { app } = build(system, RECOMMENDED);
  app.synth();
  expect(findings(app)).toEqual([]);
});

describe('an unsafe stack', () => {
  const unsafe = () => {
    const app = new App({ analyticsReporting: false });
    const stack = new Stack(app, 'Unsafe');
    new Queue(stack, 'Jobs');
    new Topic(stack, 'News');
    new Bucket(stack, 'Files');
    new Stream(stack, 'Flow', { encryption: StreamEncryption.UNENCRYPTED });
    new Table(stack, 'Rows', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
    new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')) });
    new LambdaFunction(stack, 'Old', {
      runtime: Runtime.NODEJS_20_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler=()=>{}'),
    });
    const role = new Role(stack, 'Admin', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess'));
    role.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    return app;
  };

  it('is found out, rule by rule', () => {
    const rules = new Set(findings(unsafe()).map((line) => line.split(' ')[1]));
    expect([...rules]).toEqual(
      expect.arrayContaining([
        'AwsSolutions-SQS3',
        'AwsSolutions-SQS4',
        'AwsSolutions-SNS3',
        'AwsSolutions-S1',
        'AwsSolutions-S10',
        'AwsSolutions-KDS1',
        'AwsSolutions-DDB3',
        'AwsSolutions-SF1',
        'AwsSolutions-SF2',
        'AwsSolutions-L1',
        'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AdministratorAccess]',
        'AwsSolutions-IAM5[Action::s3:*]',
        'AwsSolutions-IAM5[Resource::*]',
      ]),
    );
  });

  it('is not synthesized where the checks are a plugin of the app', () => {
    const app = unsafe();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const { error } = console;
    console.error = () => {};
    try {
      expect(() => app.synth()).toThrow(/AwsSolutions-SQS4/);
    } finally {
      console.error = error;
    }
  });
});

it('reports what a user grants beside what is explained', () => {
  const { app, stack } = build('none');
  const greedy = fn(stack, 'Greedy');
  greedy.addToRolePolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }));
  app.synth();
  expect(findings(app)).toEqual(['error AwsSolutions-IAM5[Resource::*] Shop/GreedyRole/DefaultPolicy/Resource']);
});
