import type { Property } from './permissions.ts';
import { textOf } from './permissions.ts';
import { at, type Entry, resources, statements, type Template, target } from './template.ts';

/** What holds data that nobody can make again. */
export const DATA = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::Archive',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
];

const unless =
  (ok: (entry: Entry, template: Template) => boolean, ...types: string[]) =>
  (template: Template) =>
    resources(template, ...types)
      .filter((entry) => !ok(entry, template))
      .map(({ id, Type }) => `${id} (${Type})`);

/** Resources of the type whose policy denies what comes without TLS. */
function onlyByTls(template: Template, entry: Entry): boolean {
  const denying = new Set(
    statements(template)
      .filter(({ effect, condition }) => effect === 'Deny' && String(at(condition, 'Bool', 'aws:SecureTransport')) === 'false')
      .map(({ where }) => where),
  );
  return resources(template)
    .filter(({ id }) => denying.has(id))
    .some((policy) =>
      [...policy.list('Queues'), ...policy.list('Topics'), policy.get('Bucket')].some((owned) => target(owned) === entry.id),
    );
}

/** Of both stages. */
export const DATA_PROPERTIES: readonly Property[] = [
  {
    says: 'every queue is encrypted, by SQS or a key that can be granted',
    caught: 'Queue',
    violations: unless(
      (queue) => queue.get('SqsManagedSseEnabled') === true || (queue.get('KmsMasterKeyId') ?? 'alias/aws/sqs') !== 'alias/aws/sqs',
      'AWS::SQS::Queue',
    ),
  },
  {
    says: 'every topic is encrypted by a key that can be granted',
    caught: 'Topic',
    violations: unless((topic) => !textOf(topic.get('KmsMasterKeyId') ?? 'alias/aws/sns').includes('alias/aws/sns'), 'AWS::SNS::Topic'),
  },
  {
    says: 'every table is encrypted by a key whose use is on record',
    caught: 'Table',
    violations: unless((table) => table.get('SSESpecification', 'SSEEnabled') === true, 'AWS::DynamoDB::Table'),
  },
  {
    says: 'every stream is encrypted',
    caught: 'Stream',
    violations: unless((stream) => stream.get('StreamEncryption', 'EncryptionType') === 'KMS', 'AWS::Kinesis::Stream'),
  },
  {
    says: 'every bucket is encrypted and closed to the public',
    caught: 'Bucket',
    violations: unless(
      (bucket) =>
        bucket.list('BucketEncryption', 'ServerSideEncryptionConfiguration').length > 0 &&
        ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
          (setting) => bucket.get('PublicAccessBlockConfiguration', setting) === true,
        ),
      'AWS::S3::Bucket',
    ),
  },
  { says: 'keys are rotated', caught: 'Key', violations: unless((key) => key.get('EnableKeyRotation') === true, 'AWS::KMS::Key') },
  {
    says: 'queues, topics and buckets are used by TLS only',
    caught: 'Topic',
    violations: unless((entry, template) => onlyByTls(template, entry), 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::S3::Bucket'),
  },
  {
    says: 'every table can be put back to any second of the last days',
    caught: 'Table',
    violations: unless(
      (table) => table.get('PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true,
      'AWS::DynamoDB::Table',
    ),
  },
  {
    says: 'logs are kept for a time that somebody chose',
    caught: 'Log',
    violations: unless((group) => Number(group.get('RetentionInDays')) > 0, 'AWS::Logs::LogGroup'),
  },
  {
    says: 'every function logs to a group of its own, and is traced',
    caught: 'Function',
    violations: unless(
      (fn, template) =>
        template.Resources[target(fn.get('LoggingConfig', 'LogGroup')) ?? '']?.Type === 'AWS::Logs::LogGroup' &&
        fn.get('TracingConfig', 'Mode') === 'Active',
      'AWS::Lambda::Function',
    ),
  },
  {
    says: 'state machines and APIs are traced and log what they do',
    caught: 'Machine',
    violations: (template) => [
      ...unless(
        (machine) => machine.get('TracingConfiguration', 'Enabled') === true && machine.get('LoggingConfiguration', 'Level') === 'ALL',
        'AWS::StepFunctions::StateMachine',
      )(template),
      ...unless(
        (stage) => stage.get('TracingEnabled') === true && stage.get('AccessLogSetting') !== undefined,
        'AWS::ApiGateway::Stage',
      )(template),
    ],
  },
];

/** What a stage makes of deletion. */
export function stageProperties(stage: 'dev' | 'prod'): readonly Property[] {
  const kept = stage === 'prod';
  return [
    {
      says: `data is ${stage === 'prod' ? 'kept' : 'removed'} with the stack, and says so`,
      caught: 'Archive',
      violations: unless(
        ({ DeletionPolicy, UpdateReplacePolicy }) =>
          (DeletionPolicy?.startsWith('Retain') ?? false) === kept && UpdateReplacePolicy === (kept ? 'Retain' : 'Delete'),
        ...DATA,
      ),
    },
    {
      says: 'what the rollback of a first deployment can delete does not survive it',
      caught: 'Dead',
      violations: unless(
        (resource) => (resource.DeletionPolicy === 'Retain') === (resource.get('DeletionProtectionEnabled') === true),
        ...DATA,
      ),
    },
    {
      says: `tables are ${stage === 'prod' ? '' : 'not '}protected from deletion`,
      caught: 'Table',
      violations: unless((table) => table.get('DeletionProtectionEnabled') === (stage === 'prod'), 'AWS::DynamoDB::Table'),
    },
    {
      says: 'logs are kept for weeks in dev, for months in prod',
      caught: 'Log',
      violations: unless((group) => Number(group.get('RetentionInDays')) > 30 === (stage === 'prod'), 'AWS::Logs::LogGroup'),
    },
  ];
}
