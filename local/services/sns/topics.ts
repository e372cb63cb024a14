import { ACCOUNT, arn, type Kernel, REGION } from '../../kernel/index.ts';
import { parsePolicy, type Statement } from '../../kernel/policy/index.ts';
import { defaultPolicy } from './access.ts';
import { Deduplication } from './deduplication.ts';
import { invalidParameter, notFound } from './errors.ts';
import { LIMITS } from './limits.ts';
import { parseDeliveryPolicy } from './retry-policy.ts';
import type { Subscription } from './subscription.ts';
import type { Published, Topic } from './topic.ts';

const FLAGS = ['FifoTopic', 'ContentBasedDeduplication'];
const FIFO_ONLY = ['ContentBasedDeduplication', 'FifoThroughputScope', 'ArchivePolicy'];
const SETTABLE =
  /^(DeliveryPolicy|DisplayName|FifoTopic|Policy|TracingConfig|KmsMasterKeyId|SignatureVersion|MaximumMessageSize|ArchivePolicy|ContentBasedDeduplication|FifoThroughputScope|DataProtectionPolicy|(HTTP|Firehose|Lambda|Application|SQS)(Success|Failure)Feedback(RoleArn|SampleRate))$/;

/** The topics of the account. */
export class Topics {
  readonly kernel: Kernel;
  readonly #byArn = new Map<string, Topic>();
  /** Every subscription, by ARN. */
  readonly subscriptions = new Map<string, Subscription>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  all(): Topic[] {
    return [...this.#byArn.values()];
  }

  create(name: string | undefined, attributes: Readonly<Record<string, string>>, tags: ReadonlyMap<string, string>): Topic {
    const fifo = attributes.FifoTopic?.toLowerCase() === 'true';
    if (!name || !(fifo ? /^[A-Za-z0-9_-]{1,251}\.fifo$/ : /^[A-Za-z0-9_-]{1,256}$/).test(name)) throw invalidParameter('Topic Name');
    const topicArn = arn('sns', name);
    const existing = this.#byArn.get(topicArn);
    if (existing) {
      if (Object.entries(attributes).some(([key, value]) => attributeOf(existing, key) !== value)) {
        throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
      }
      if ([...tags].some(([key, value]) => existing.tags.get(key) !== value)) {
        throw invalidParameter('Tags Reason: Topic already exists with different tags');
      }
      return existing;
    }
    const topic: Topic = {
      arn: topicArn,
      name,
      fifo,
      attributes: new Map(),
      tags: new Map(tags),
      subscriptions: new Map(),
      published: new Deduplication<Published>(LIMITS.deduplicationMs),
      policy: statementsOf(JSON.stringify(defaultPolicy(topicArn))),
      retry: undefined,
      sequence: 0,
      unsubscribed: 0,
    };
    for (const [key, value] of Object.entries(attributes)) this.set(topic, key, value, true);
    this.#byArn.set(topicArn, topic);
    return topic;
  }

  set(topic: Topic, name: string | undefined, value: string | undefined, creating = false): void {
    if (!name || !SETTABLE.test(name) || (name === 'FifoTopic' && !creating) || (FIFO_ONLY.includes(name) && !topic.fifo)) {
      throw invalidParameter('AttributeName');
    }
    if (value === undefined || value === '') {
      topic.attributes.delete(name);
      if (name === 'Policy') topic.policy = statementsOf(JSON.stringify(defaultPolicy(topic.arn)));
      if (name === 'DeliveryPolicy') topic.retry = undefined;
      return;
    }
    if (FLAGS.includes(name) && !/^(true|false)$/i.test(value))
      throw invalidParameter(`${name}: Invalid value [${value}]. Must be true or false.`);
    if (name === 'Policy') topic.policy = statementsOf(value);
    if (name === 'DeliveryPolicy') topic.retry = parseDeliveryPolicy(value);
    if (name === 'MaximumMessageSize' && !(Number(value) >= 1024 && Number(value) <= LIMITS.largestMessageBytes)) {
      throw invalidParameter(`MaximumMessageSize: Invalid value [${value}]. Must be between 1024 and ${LIMITS.largestMessageBytes}.`);
    }
    topic.attributes.set(name, FLAGS.includes(name) ? value.toLowerCase() : value);
  }

  get(topicArn: string): Topic | undefined {
    return this.#byArn.get(topicArn);
  }

  find(topicArn: string | undefined): Topic {
    checkArn('TopicArn', topicArn);
    const [, , , region, account] = topicArn.split(':');
    if (region !== REGION || account !== ACCOUNT) throw invalidParameter('TopicArn');
    const topic = this.#byArn.get(topicArn);
    if (!topic) throw notFound('Topic');
    return topic;
  }

  delete(topicArn: string | undefined): void {
    checkArn('TopicArn', topicArn);
    const topic = this.#byArn.get(topicArn);
    for (const subscription of topic?.subscriptions.values() ?? []) this.subscriptions.delete(subscription.arn);
    this.#byArn.delete(topicArn);
  }
}

/** The value of an attribute, or its default. */
export function attributeOf(topic: Topic, name: string): string | undefined {
  const set = topic.attributes.get(name);
  if (set !== undefined) return set;
  if (name === 'FifoTopic' || name === 'ContentBasedDeduplication') return 'false';
  if (name === 'DisplayName') return '';
  if (name === 'Policy') return JSON.stringify(defaultPolicy(topic.arn));
  return undefined;
}

/** @throws AwsError `InvalidParameter` when there is no value or it is no ARN */
export function checkArn(parameter: string, value: string | undefined): asserts value is string {
  if (!value) throw invalidParameter(`${parameter} Reason: no value for required parameter`);
  const elements = value.split(':').length;
  if (elements < 6) throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${elements}`);
}

function statementsOf(policy: string): readonly Statement[] {
  const parsed = parsePolicy(policy);
  if (!parsed.ok) throw invalidParameter(`Policy Error: ${parsed.problem}`);
  return parsed.statements;
}
