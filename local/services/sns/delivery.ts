import { AwsError, type Kernel } from '../../kernel/index.ts';
import { matchesAttributes, matchesBody } from './filter/match-filter.ts';
import { envelope, lambdaEvent, type Notification, textFor } from './notification.ts';
import { AWS_MANAGED, HTTP, type RetryPolicy } from './retry-policy.ts';
import type { Subscription } from './subscription.ts';
import type { Topic } from './topic.ts';

/** A message to someone outside the cloud, as kept by the local cloud. */
export interface OutsideMessage {
  readonly protocol: string;
  readonly endpoint: string;
  readonly subject: string | undefined;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A message that neither its endpoint nor a dead-letter queue took. */
export interface LostMessage {
  readonly subscriptionArn: string;
  readonly messageId: string;
  readonly reason: string;
}

/** Posts to an HTTP endpoint; rejects when there is no answer. */
export type HttpPost = (url: string, body: string, headers: Readonly<Record<string, string>>) => Promise<{ readonly status: number }>;

/** How many messages to the outside, and how many lost ones, are kept to be looked at. */
const KEPT = 1000;

/** Takes notifications to subscriptions: retries what may pass, and gives up to the dead-letter queue. */
export class Deliveries {
  readonly #kernel: Kernel;
  readonly #post: HttpPost | undefined;
  /** Notifications of FIFO topics that wait for the one before them, by subscription and group. */
  readonly #lanes = new Map<string, Notification[]>();
  readonly #waiting = new Map<string, number>();
  readonly outside: OutsideMessage[] = [];
  readonly lost: LostMessage[] = [];

  constructor(kernel: Kernel, post: HttpPost | undefined) {
    this.#kernel = kernel;
    this.#post = post;
  }

  /** Deliveries under way, by subscription ARN. */
  get waiting(): ReadonlyMap<string, number> {
    return this.#waiting;
  }

  deliver(topic: Topic, notification: Notification): void {
    for (const subscription of topic.subscriptions.values()) {
      if (!accepts(subscription, notification)) continue;
      this.#waiting.set(subscription.arn, (this.#waiting.get(subscription.arn) ?? 0) + 1);
      if (topic.fifo) this.#queueUp(topic, subscription, notification);
      else this.#attempt(topic, subscription, notification, 1, () => undefined);
    }
  }

  keepOutside(message: OutsideMessage): void {
    this.outside.push(message);
    if (this.outside.length > KEPT) this.outside.shift();
  }

  #queueUp(topic: Topic, subscription: Subscription, notification: Notification): void {
    const lane = `${subscription.arn} ${notification.groupId}`;
    const queued = this.#lanes.get(lane);
    if (queued) {
      queued.push(notification);
      return;
    }
    const queue = [notification];
    this.#lanes.set(lane, queue);
    const next = (): void => {
      const first = queue.shift();
      if (first) this.#attempt(topic, subscription, first, 1, next);
      else this.#lanes.delete(lane);
    };
    next();
  }

  #attempt(topic: Topic, subscription: Subscription, notification: Notification, attempt: number, done: () => void): void {
    const finish = (): void => {
      const left = (this.#waiting.get(subscription.arn) ?? 1) - 1;
      if (left > 0) this.#waiting.set(subscription.arn, left);
      else this.#waiting.delete(subscription.arn);
      done();
    };
    this.#send(topic, subscription, notification).then(finish, (error: unknown) => {
      const delay = mayPass(error) ? policyOf(topic, subscription).delay(attempt) : undefined;
      if (delay === undefined) {
        this.#giveUp(topic, subscription, notification, error).then(finish);
        return;
      }
      const label = `SNS retry ${attempt} to ${subscription.endpoint}`;
      this.#kernel.after(delay, () => this.#attempt(topic, subscription, notification, attempt + 1, done), { label });
    });
  }

  async #send(topic: Topic, subscription: Subscription, notification: Notification): Promise<void> {
    const { protocol, endpoint } = subscription;
    const version = topic.attributes.get('SignatureVersion') ?? '1';
    if (protocol === 'sqs') return this.#sendToQueue(endpoint, topic, subscription, notification);
    if (protocol === 'lambda') {
      const event = lambdaEvent(notification, subscription.arn, version);
      const input = { FunctionName: endpoint, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event)) };
      const caller = { principal: 'sns.amazonaws.com', sourceArn: topic.arn };
      await this.#kernel.call({ service: 'lambda', operation: 'Invoke', input, ...caller });
      return;
    }
    const text = textFor(notification, protocol);
    if (this.#post && (protocol === 'http' || protocol === 'https')) {
      const body = subscription.settings.raw ? text : JSON.stringify(envelope(notification, protocol, subscription.arn, version));
      return this.#postTo(this.#post, endpoint, body, subscription, notification);
    }
    this.keepOutside({ protocol, endpoint, subject: notification.subject, text, at: this.#kernel.now() });
  }

  async #sendToQueue(queueArn: string, topic: Topic, subscription: Subscription, notification: Notification): Promise<void> {
    const name = queueArn.slice(queueArn.lastIndexOf(':') + 1);
    const { raw } = subscription.settings;
    const version = topic.attributes.get('SignatureVersion') ?? '1';
    const fifo = name.endsWith('.fifo');
    const input = {
      QueueUrl: `http://127.0.0.1:4566/${queueArn.split(':')[4]}/${name}`,
      MessageBody: raw ? textFor(notification, 'sqs') : JSON.stringify(envelope(notification, 'sqs', subscription.arn, version)),
      ...(raw && Object.keys(notification.attributes).length > 0 ? { MessageAttributes: notification.attributes } : {}),
      ...(notification.groupId !== undefined && (fifo || !notification.fifo) ? { MessageGroupId: notification.groupId } : {}),
      ...(notification.deduplicationId !== undefined && fifo ? { MessageDeduplicationId: notification.deduplicationId } : {}),
    };
    const caller = { principal: 'sns.amazonaws.com', sourceArn: topic.arn };
    await this.#kernel.call({ service: 'sqs', operation: 'SendMessage', input, ...caller });
  }

  async #postTo(post: HttpPost, url: string, body: string, subscription: Subscription, notification: Notification): Promise<void> {
    const hold = this.#kernel.hold(`SNS delivery to ${url}`);
    try {
      const { status } = await post(url, body, {
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': 'Notification',
        'x-amz-sns-message-id': notification.messageId,
        'x-amz-sns-topic-arn': notification.topicArn,
        'x-amz-sns-subscription-arn': subscription.arn,
        ...(subscription.settings.raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
      });
      if (status >= 200 && status < 300) return;
      // As on AWS, 4xx is final, except 429.
      const final = status >= 400 && status < 500 && status !== 429;
      throw new AwsError('EndpointError', `${url} answered ${status}.`, { fault: final ? 'client' : 'server' });
    } finally {
      hold.release();
    }
  }

  async #giveUp(topic: Topic, subscription: Subscription, notification: Notification, error: unknown): Promise<void> {
    const { deadLetterArn } = subscription.settings;
    let reason = error instanceof Error ? error.message : String(error);
    if (deadLetterArn !== undefined) {
      try {
        await this.#sendToQueue(deadLetterArn, topic, subscription, notification);
        return;
      } catch (failure) {
        reason += ` Nor did the dead-letter queue take it: ${failure instanceof Error ? failure.message : String(failure)}`;
      }
    }
    this.lost.push({ subscriptionArn: subscription.arn, messageId: notification.messageId, reason });
    if (this.lost.length > KEPT) this.lost.shift();
  }
}

function accepts({ settings, protocol }: Subscription, notification: Notification): boolean {
  if (!settings.filter) return true;
  return settings.filterScope === 'MessageBody'
    ? matchesBody(settings.filter, textFor(notification, protocol))
    : matchesAttributes(settings.filter, notification.attributes);
}

/** A fault of the service, or throttling, may pass; a refusal will not. */
function mayPass(error: unknown): boolean {
  return !(error instanceof AwsError) || error.fault === 'server' || /Thrott|TooManyRequests/.test(error.code);
}

function policyOf(topic: Topic, subscription: Subscription): RetryPolicy {
  if (subscription.protocol === 'sqs' || subscription.protocol === 'lambda') return AWS_MANAGED;
  return subscription.settings.retry ?? topic.retry ?? HTTP;
}
