import { AwsError } from '../../kernel/index.ts';
import { parsePolicy, type Statement } from '../../kernel/policy/index.ts';
import { LIMITS } from './limits.ts';
import { parseRedriveAllowPolicy, parseRedrivePolicy, type RedriveAllowPolicy, type RedrivePolicy } from './redrive.ts';

/** Attributes of a queue as the API gives and takes them. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** What a queue's attributes mean. Durations in milliseconds. */
export interface QueueSettings {
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly delayMs: number;
  readonly maximumMessageBytes: number;
  readonly retentionMs: number;
  readonly visibilityMs: number;
  readonly waitMs: number;
  readonly redrive: RedrivePolicy | undefined;
  readonly redriveAllow: RedriveAllowPolicy | undefined;
  readonly policy: readonly Statement[];
  readonly kmsKey: string | undefined;
}

const NUMBERS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  DelaySeconds: [0, LIMITS.delaySeconds],
  MaximumMessageSize: [1024, LIMITS.messageBytes],
  MessageRetentionPeriod: [LIMITS.retentionSeconds.least, LIMITS.retentionSeconds.most],
  ReceiveMessageWaitTimeSeconds: [0, LIMITS.waitSeconds],
  VisibilityTimeout: [0, LIMITS.visibilitySeconds],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  SqsManagedSseEnabled: ['true', 'false'],
  FifoQueue: ['true', 'false'],
  ContentBasedDeduplication: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
};

const TEXTS = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId'];
const FIFO_ONLY = ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

const DEFAULTS: QueueAttributes = {
  DelaySeconds: '0',
  MaximumMessageSize: String(LIMITS.messageBytes),
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};

const FIFO_DEFAULTS: QueueAttributes = { ContentBasedDeduplication: 'false', DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue' };

/** Checks the attributes of a new queue. */
export function checkNew(attributes: QueueAttributes): void {
  const fifo = attributes.FifoQueue?.toLowerCase() === 'true';
  for (const [name, value] of Object.entries(attributes)) {
    if (FIFO_ONLY.includes(name) && !fifo) throw notForStandard(name);
    checkValue(name, value);
  }
  checkEncryption(attributes);
}

/** Checks changes to the attributes of a queue. */
export function checkChanges(changes: QueueAttributes, fifo: boolean): void {
  for (const [name, value] of Object.entries(changes)) {
    if (FIFO_ONLY.includes(name) && !fifo) throw notForStandard(name);
    checkValue(name, value);
    if (name === 'FifoQueue' && value.toLowerCase() !== 'true') {
      throw invalidAttribute(name, 'Modifying queue type is not supported.');
    }
  }
  checkEncryption(changes);
}

/** The attributes that a queue has, given those it was created with and each change made since. */
export function apply(base: QueueAttributes | undefined, changes: QueueAttributes): QueueAttributes {
  const fifo = (changes.FifoQueue ?? base?.FifoQueue)?.toLowerCase() === 'true';
  const result: Record<string, string> = { ...(base ?? { ...DEFAULTS, ...(fifo ? FIFO_DEFAULTS : {}) }) };
  for (const [name, value] of Object.entries(changes)) {
    if (value === '' && TEXTS.includes(name)) delete result[name];
    else result[name] = name in CHOICES && name !== 'DeduplicationScope' && name !== 'FifoThroughputLimit' ? value.toLowerCase() : value;
  }
  if (changes.KmsMasterKeyId) result.SqsManagedSseEnabled = 'false';
  if (changes.SqsManagedSseEnabled?.toLowerCase() === 'true') delete result.KmsMasterKeyId;
  if (!result.KmsMasterKeyId) delete result.KmsDataKeyReusePeriodSeconds;
  else result.KmsDataKeyReusePeriodSeconds ??= '300';
  return result;
}

export function settings(attributes: QueueAttributes): QueueSettings {
  const seconds = (name: string): number => Number(attributes[name]) * 1000;
  const policy = attributes.Policy ? parsePolicy(attributes.Policy) : undefined;
  if (policy && !policy.ok) throw invalidAttribute('Policy', `${policy.problem}.`);
  return {
    fifo: attributes.FifoQueue === 'true',
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    deduplicationScope: attributes.DeduplicationScope === 'messageGroup' ? 'messageGroup' : 'queue',
    delayMs: seconds('DelaySeconds'),
    maximumMessageBytes: Number(attributes.MaximumMessageSize),
    retentionMs: seconds('MessageRetentionPeriod'),
    visibilityMs: seconds('VisibilityTimeout'),
    waitMs: seconds('ReceiveMessageWaitTimeSeconds'),
    redrive: attributes.RedrivePolicy ? parseRedrivePolicy(attributes.RedrivePolicy) : undefined,
    redriveAllow: attributes.RedriveAllowPolicy ? parseRedriveAllowPolicy(attributes.RedriveAllowPolicy) : undefined,
    policy: policy?.statements ?? [],
    kmsKey: attributes.KmsMasterKeyId,
  };
}

/** Whether the API knows an attribute that can be asked for. */
export function isAttributeName(name: string): boolean {
  return isSettable(name) || READ_ONLY.includes(name);
}

const READ_ONLY = [
  'All',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
];

export function unknownAttribute(name: string): AwsError {
  return new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
}

function isSettable(name: string): boolean {
  return name in NUMBERS || name in CHOICES || TEXTS.includes(name);
}

function checkValue(name: string, value: string): void {
  if (!isSettable(name)) throw unknownAttribute(name);
  const range = NUMBERS[name];
  if (range) {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < range[0] || number > range[1]) throw invalidAttribute(name);
  }
  const choices = CHOICES[name];
  if (choices && !choices.some((choice) => choice.toLowerCase() === value.toLowerCase())) throw invalidAttribute(name);
}

function checkEncryption(attributes: QueueAttributes): void {
  if (!attributes.KmsMasterKeyId || attributes.SqsManagedSseEnabled?.toLowerCase() !== 'true') return;
  throw new AwsError(
    'InvalidAttributeName',
    'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
  );
}

function notForStandard(name: string): AwsError {
  return name === 'DeduplicationScope' || name === 'FifoThroughputLimit'
    ? new AwsError('InvalidAttributeName', `You can specify the ${name} only when FifoQueue is set to true.`)
    : unknownAttribute(name);
}

function invalidAttribute(name: string, reason?: string): AwsError {
  return new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.${reason ? ` Reason: ${reason}` : ''}`);
}
