import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { HandlerFunction, type HandlerFunctionProps } from '../../../lib/function/index.ts';

const project = mkdtempSync(join(tmpdir(), 'millrace-function-'));
const plain = join(project, 'plain.ts');
writeFileSync(
  plain,
  `const unused = 'tree shaken';\nexport const handler = async (event: { readonly name: string }) => 'hello ' + event.name;\n`,
);

type Props = Partial<HandlerFunctionProps>;

function synth(given: Props | ((stack: Stack) => Props) = {}, context: Record<string, unknown> = {}) {
  const app = new App({ context: { 'aws:cdk:enable-asset-metadata': true, ...context } });
  const stack = new Stack(app, 'Stack');
  const props = typeof given === 'function' ? given(stack) : given;
  const fn = new HandlerFunction(stack, 'Hello', { entry: plain, ...props });
  const assembly = app.synth();
  const template = Template.fromStack(stack);
  const asset = Object.values(template.findResources('AWS::Lambda::Function'))[0]?.Metadata?.['aws:asset:path'];
  return {
    stack,
    fn,
    template,
    directory: join(assembly.directory, asset),
    code: readFileSync(join(assembly.directory, asset, 'index.mjs'), 'utf8'),
  };
}

/** The statement that lets a function write to a log group. */
const LOGS = (logGroup: string) => ({
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Effect: 'Allow',
  Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp(logGroup), 'Arn'] },
});

describe('HandlerFunction', () => {
  it('runs on Node.js 24, arm64, traced, with JSON logs in a log group of its own', () => {
    const { template } = synth();
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: Match.anyValue() },
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: Match.anyValue(), POWERTOOLS_METRICS_NAMESPACE: 'Millrace' } },
    });
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 90 }, DeletionPolicy: 'RetainExceptOnCreate' });
  });

  it('may write its own logs and traces, and nothing else', () => {
    const { template } = synth();
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const [role] = Object.values(template.findResources('AWS::IAM::Role'));
    type Statement = { readonly Action: string | string[]; readonly Resource: unknown };
    const granted: Statement[] = policy?.Properties.PolicyDocument.Statement;
    expect(granted.map(({ Action }) => Action)).toEqual([['logs:CreateLogStream', 'logs:PutLogEvents']]);
    // X-Ray has no resource-level permission; everything else must name its resource.
    expect(granted.map(({ Resource }) => Resource)).not.toContain('*');
    expect(role?.Properties.Policies).toEqual([
      {
        PolicyName: 'Traces',
        PolicyDocument: expect.objectContaining({
          Statement: [expect.objectContaining({ Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], Resource: '*' })],
        }),
      },
    ]);
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
  });

  it('lets a role that it is given write its logs: metrics and alarms come from there', () => {
    const { template } = synth((stack) => ({ role: new Role(stack, 'Own', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }) }));
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([LOGS('^HelloLogs')]) },
      Roles: [{ Ref: Match.stringLikeRegexp('^Own') }],
    });
  });

  it.each<[string, (around: Stack) => Stack]>([
    ['another stack', (around) => new Stack(around.node.root, 'Other')],
    ['a nested stack', (around) => new NestedStack(around, 'Nested')],
  ])('lets a role write the logs of a function in %s, which names the role, with a policy there', (_, stackIn) => {
    const around = new Stack(new App({ context: { 'millrace:aws-sdk': 'runtime' } }), 'Stack');
    const role = new Role(around, 'Own', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const stack = stackIn(around);
    new HandlerFunction(stack, 'Hello', { entry: plain, role, encryptionKey: new Key(stack, 'Key') });
    Template.fromStack(around);
    const template = Template.fromStack(stack);
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    // A copy of the stack must not replace it.
    expect(JSON.stringify(policy?.Properties.PolicyName)).toContain('AWS::StackId');
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [LOGS('HelloLogs'), { Action: 'kms:Decrypt', Effect: 'Allow', Resource: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } }],
      },
    });
  });

  it('logs where it is told, and may', () => {
    const { template, fn } = synth((stack) => ({ overrides: { logGroup: new LogGroup(stack, 'Shared') } }));
    template.resourceCountIs('AWS::Logs::LogGroup', 1);
    template.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([LOGS('^Shared')]) } });
    expect(fn.handlerLogGroup.node.id).toBe('Shared');
  });

  it.each([
    ['DEBUG', 'DEBUG'],
    ['INFO', undefined],
    // Lambda takes metrics for INFO: with a level above, it would drop them.
    ['ERROR', undefined],
  ] as const)('at level %s lets Lambda pass on %s', (logLevel, level) => {
    const { template } = synth({ logLevel });
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { ApplicationLogLevel: level ?? Match.absent() },
      Environment: { Variables: Match.objectLike({ POWERTOOLS_LOG_LEVEL: logLevel }) },
    });
  });

  it('goes by stack and path in logs and metrics, so that no two functions share them', () => {
    const app = new App();
    const names = ['Blue', 'Green'].map((id) => {
      const stack = new Stack(app, id);
      return [stack, new Construct(stack, 'Booking')].map((scope) => new HandlerFunction(scope, 'Pay', { entry: plain }).serviceName);
    });
    expect(names).toEqual([
      ['Blue/Pay', 'Blue/Booking/Pay'],
      ['Green/Pay', 'Green/Booking/Pay'],
    ]);
  });

  it('throws away its logs with a dev stack', () => {
    synth({}, { 'millrace:stage': 'dev' }).template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 7 },
      DeletionPolicy: 'Delete',
    });
  });

  it('bundles to one minified, tree-shaken ES module that runs', async () => {
    const { directory, code } = synth();
    expect(code).not.toContain('tree shaken');
    const module = await import(join(directory, 'index.mjs'));
    expect(await module.handler({ name: 'mill' })).toBe('hello mill');
  });

  it('gives the same code the same asset, wherever it lies', () => {
    const copy = join(mkdtempSync(join(tmpdir(), 'millrace-elsewhere-')), 'plain.ts');
    writeFileSync(copy, readFileSync(plain));
    const key = (template: Template) => Object.values(template.findResources('AWS::Lambda::Function'))[0]?.Properties.Code.S3Key;
    expect(key(synth({ entry: copy }).template)).toBe(key(synth().template));
  });

  it('bundles a source again when it has changed', () => {
    const changing = join(project, 'changing.ts');
    writeFileSync(changing, 'export const handler = () => "first";');
    expect(synth({ entry: changing }).code).toContain('first');
    writeFileSync(changing, 'export const handler = () => "second time";');
    expect(synth({ entry: changing }).code).toContain('second time');
  });

  it('carries the SDK by default, with a require for its CommonJS parts', () => {
    const inRepo = new URL('./sdk-handler.ts', import.meta.url);
    const { code } = synth({ entry: inRepo });
    expect(code).toContain('createRequire');
    expect(code).not.toMatch(/from\s*"@aws-sdk/);
    expect(code.length).toBeGreaterThan(100_000);
  });

  it('leaves the SDK to the runtime by context', () => {
    const inRepo = new URL('./sdk-handler.ts', import.meta.url);
    const { code } = synth({ entry: inRepo }, { 'millrace:aws-sdk': 'runtime' });
    expect(code).toMatch(/from\s*"@aws-sdk\/client-dynamodb"/);
    expect(code).not.toContain('createRequire');
    expect(code.length).toBeLessThan(2_000);
  });

  it('names the construct and the file when the entry is missing or broken', () => {
    expect(() => synth({ entry: join(project, 'absent.ts') })).toThrow(/Stack\/Hello: the handler's entry .*absent\.ts does not exist/);
    const broken = join(project, 'broken.ts');
    writeFileSync(broken, 'export const handler = (;');
    expect(() => synth({ entry: broken })).toThrow(/Stack\/Hello: .*broken\.ts.* cannot be bundled[\s\S]*broken\.ts:1:/);
  });

  it('refuses an entry that does not export the handler, and says what it exports', () => {
    const misspelt = join(project, 'misspelt.ts');
    writeFileSync(misspelt, 'export const handlr = async () => 1;');
    expect(() => synth({ entry: misspelt })).toThrow(/Stack\/Hello: .*misspelt\.ts does not export 'handler'; it exports handlr\./);
    expect(synth({ entry: misspelt, handler: 'handlr' }).template).toBeDefined();
    const imported = join(project, 'imported.ts');
    writeFileSync(imported, "export * from './plain.ts';");
    expect(synth({ entry: imported }).template).toBeDefined();
    const external = join(project, 'external.ts');
    writeFileSync(external, "export * from 'of-a-layer';");
    expect(synth({ entry: external, bundling: { external: ['of-a-layer'] } }).template).toBeDefined();
  });

  it('encrypts its logs and environment under a customer-managed key that the log service may use', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new HandlerFunction(stack, 'Hello', { entry: plain, encryptionKey: new Key(stack, 'Key') });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { KmsKeyArn: Match.anyValue() });
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Action: 'kms:Decrypt', Effect: 'Allow', Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } },
        ]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^HelloRole') }],
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Principal: { Service: { 'Fn::Join': Match.anyValue() } }, Condition: { ArnLike: Match.anyValue() } }),
        ]),
      },
    });
  });
});
