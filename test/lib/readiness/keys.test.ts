import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { Consumer, EventBus, InboxTable, Outbox } from '../../../lib/index.ts';
import { DATA } from './data.ts';
import { NO_CYCLES } from './delivery.ts';
import { PERMISSIONS, textOf } from './permissions.ts';
import { alarmTo, CONSTRUCTS, FAST, fn } from './systems.ts';
import { at, mentioned, resources, statements, type Template, templateOf } from './template.ts';

const RECOMMENDED: Record<string, unknown> = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8'),
);
const KEY = 'Key961B73FD';

/** One construct, everything of it and around it under one customer-managed key. */
function underOneKey(construct: keyof typeof CONSTRUCTS, flags: Record<string, unknown> = {}): Template {
  const app = new App({ context: { ...FAST, ...flags }, analyticsReporting: false });
  const stack = new Stack(app, 'Shop');
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  CONSTRUCTS[construct](stack, { encryptionKey });
  alarmTo(app, stack, encryptionKey);
  return templateOf(app, stack);
}

/** Where data rests, and the property that names the key. */
const KEYED: Readonly<Record<string, readonly (string | number)[]>> = {
  'AWS::DynamoDB::Table': ['SSESpecification', 'KMSMasterKeyId'],
  'AWS::Events::Archive': ['KmsKeyIdentifier'],
  'AWS::Events::EventBus': ['KmsKeyIdentifier'],
  'AWS::Kinesis::Stream': ['StreamEncryption', 'KeyId'],
  'AWS::Lambda::Function': ['KmsKeyArn'],
  'AWS::Logs::LogGroup': ['KmsKeyId'],
  'AWS::S3::Bucket': ['BucketEncryption', 'ServerSideEncryptionConfiguration', 0, 'ServerSideEncryptionByDefault', 'KMSMasterKeyID'],
  'AWS::SNS::Topic': ['KmsMasterKeyId'],
  'AWS::SQS::Queue': ['KmsMasterKeyId'],
  'AWS::StepFunctions::StateMachine': ['EncryptionConfiguration', 'KmsKeyId'],
};

/** Services that a key's policy lets write. */
function writers(template: Template): Set<string> {
  return new Set(
    statements(template)
      .filter(
        ({ where, effect, actions }) =>
          where === KEY && effect === 'Allow' && actions.some((action) => action.startsWith('kms:GenerateDataKey')),
      )
      .flatMap(({ principals }) => principals.map(textOf)),
  );
}

/** Roles that may use the key. */
function holders(template: Template): Set<string> {
  const policies = statements(template).filter(
    ({ kind, actions, resources: on }) =>
      kind === 'identity' && actions.some((action) => action.startsWith('kms:')) && on.some((each) => mentioned(each).includes(KEY)),
  );
  const ids = new Set(policies.map(({ where }) => where));
  return new Set(
    resources(template, 'AWS::IAM::Policy')
      .filter(({ id }) => ids.has(id))
      .flatMap(({ list }) => list('Roles').flatMap(mentioned)),
  );
}

describe.each(Object.keys(CONSTRUCTS) as (keyof typeof CONSTRUCTS)[])('%s under one customer-managed key', (construct) => {
  const template = underOneKey(construct);

  it('keeps everything under that key', () => {
    const elsewhere = resources(template, ...Object.keys(KEYED)).filter(
      (entry) => !mentioned(entry.get(...(KEYED[entry.Type] ?? []))).includes(KEY),
    );
    expect(elsewhere.map(({ id, Type }) => `${id} (${Type})`)).toEqual([]);
    expect([...Object.keys(KEYED), 'AWS::KMS::Key']).toEqual(
      expect.arrayContaining(DATA.filter((type) => type !== 'AWS::DynamoDB::GlobalTable')),
    );
    expect(resources(template, 'AWS::KMS::Key').map(({ id }) => id)).toEqual([KEY]);
  });

  it.each([
    ['of older projects', {}],
    ['of new projects', RECOMMENDED],
  ])('can be deployed under the feature flags %s: key and resources do not need each other', (_, flags) => {
    expect(NO_CYCLES.violations(underOneKey(construct, flags))).toEqual([]);
  });

  it('lets every service that delivers here use the key, for this account only', () => {
    const services = new Set<string>();
    if (resources(template, 'AWS::CloudWatch::Alarm').length > 0) services.add('cloudwatch.amazonaws.com');
    if (resources(template, 'AWS::Logs::LogGroup').length > 0) services.add('logs.<AWS::Region>.amazonaws.com');
    if (resources(template, 'AWS::Events::Rule', 'AWS::Events::EventBus').length > 0) services.add('events.amazonaws.com');
    if (resources(template, 'AWS::SNS::Subscription').length > 0) services.add('sns.amazonaws.com');
    if (resources(template, 'AWS::StepFunctions::StateMachine').length > 0) services.add('delivery.logs.amazonaws.com');
    const allowed = writers(template);
    expect([...services].filter((service) => !allowed.has(service))).toEqual([]);
    for (const { says, violations } of PERMISSIONS) expect(violations(template), says).toEqual([]);
  });

  it('lets every role that reads or writes here use the key', () => {
    const may = holders(template);
    const touching = statements(template).filter(
      ({ kind, actions, resources: on }) =>
        kind === 'identity' &&
        actions.some((action) => /^(dynamodb|sqs|sns|kinesis|s3):/.test(action)) &&
        on.some((each) => mentioned(each).some((id) => Object.hasOwn(KEYED, template.Resources[id]?.Type ?? ''))),
    );
    const roles = touching.flatMap(({ where }) => mentioned(at(template.Resources[where]?.Properties, 'Roles')));
    expect([...new Set(roles)].filter((role) => !may.has(role))).toEqual([]);
  });
});

describe('what a stack shares', () => {
  it('is not shared under two keys', () => {
    const stack = new Stack(new App({ context: FAST }), 'Shop');
    new Consumer(stack, 'Plain', { handler: fn(stack, 'One') });
    expect(() => new Consumer(stack, 'Keyed', { handler: fn(stack, 'Two'), encryptionKey: new Key(stack, 'Key') })).toThrow(
      /Shop\/Keyed: it shares Shop\/MillraceInbox, which was made before without a customer-managed key/,
    );
  });

  it('is shared under one key, also by those who do not ask for it', () => {
    const stack = new Stack(new App({ context: FAST }), 'Shop');
    const encryptionKey = new Key(stack, 'Key');
    new Consumer(stack, 'Keyed', { handler: fn(stack, 'Two'), encryptionKey });
    new Consumer(stack, 'Also', { handler: fn(stack, 'Three'), encryptionKey });
    const plain = new Consumer(stack, 'Plain', { handler: fn(stack, 'One') });
    expect(plain.inbox.table.encryptionKey).toBe(encryptionKey);
    expect(plain.inbox).toBe(InboxTable.of(stack));
  });
});

it("the CDK's own subscription makes key and topic need each other, which is seen", () => {
  const app = new App({ context: RECOMMENDED });
  const stack = new Stack(app, 'Shop');
  const key = new Key(stack, 'Key');
  new Topic(stack, 'Topic', { masterKey: key }).addSubscription(
    new SqsSubscription(new Queue(stack, 'Queue', { encryptionMasterKey: key })),
  );
  expect(NO_CYCLES.violations(templateOf(app, stack))).not.toEqual([]);
});

it('keeps what a bus cannot decrypt any more', () => {
  const app = new App({ context: FAST });
  const stack = new Stack(app, 'Shop');
  const encryptionKey = new Key(stack, 'Key');
  new Outbox(stack, 'Outbox', { bus: new EventBus(stack, 'Bus', { encryptionKey }), encryptionKey });
  const template = templateOf(app, stack);
  const [bus] = resources(template, 'AWS::Events::EventBus');
  const [queue] = mentioned(bus?.get('DeadLetterConfig', 'Arn'));
  expect(template.Resources[queue ?? '']?.Type).toBe('AWS::SQS::Queue');
});
