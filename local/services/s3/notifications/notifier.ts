import { AwsError, type Kernel, type PendingWork, type ServiceCall } from '../../../kernel/index.ts';
import type { Bucket } from '../bucket.ts';
import { invalidArgument } from '../errors.ts';
import { type Destination, destinationsFor, entriesOf } from './configuration.ts';
import { eventBridgeEntry, eventRecord, type ObjectEvent } from './object-event.ts';

/** An event that its destination refused for good. */
export interface LostEvent {
  readonly bucket: string;
  readonly key: string;
  readonly eventName: string;
  readonly destination: string;
  readonly reason: string;
}

const KEPT = 1000;
const MOST_RETRIES = 20;

/** Tells queues, topics, functions and EventBridge what happens to objects, at least once. */
export class Notifier {
  readonly #kernel: Kernel;
  readonly #underway = new Map<string, number>();
  readonly lost: LostEvent[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  notify(event: ObjectEvent): void {
    const { bucket } = event;
    for (const destination of destinationsFor(bucket.notifications, event.name, event.key)) {
      const body = JSON.stringify({ Records: [eventRecord(event, destination.id)] });
      this.#deliver(callOf(destination, body), event, destination.arn);
    }
    if (!bucket.notifications.EventBridgeConfiguration) return;
    const entry = { Source: 'aws.s3', Resources: [bucket.arn], Time: new Date(event.at), ...eventBridgeEntry(event) };
    this.#deliver({ service: 'events', operation: 'PutEvents', input: { Entries: [entry] } }, event, 'EventBridge');
  }

  /** Sends the test message that S3 sends when a queue or topic is configured; it proves that S3 may. */
  test(bucket: Bucket, configuration: Bucket['notifications'], requestId: string): void {
    for (const destination of entriesOf(configuration)) {
      if (destination.kind === 'lambda') continue;
      const body = JSON.stringify({
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: new Date(this.#kernel.now()).toISOString(),
        Bucket: bucket.name,
        RequestId: requestId,
        HostId: Buffer.from(requestId).toString('base64'),
      });
      try {
        this.#kernel.invoke({ ...callOf(destination, body), ...caller(bucket) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const text = 'Unable to validate the following destination configurations';
        throw invalidArgument(text, destination.arn, error.message);
      }
    }
  }

  pending(): PendingWork[] {
    return [...this.#underway].map(([resource, count]) => ({ resource, what: 'notifications under way', count }));
  }

  #deliver(call: ServiceCall, event: ObjectEvent, destination: string): void {
    const { arn } = event.bucket;
    this.#underway.set(arn, (this.#underway.get(arn) ?? 0) + 1);
    this.#attempt(call, event, destination, 1);
  }

  #attempt(call: ServiceCall, event: ObjectEvent, destination: string, attempt: number): void {
    this.#kernel.call({ ...call, ...caller(event.bucket) }).then(
      (output) => this.#answered(output, event, destination),
      (error: unknown) => {
        const final = (error instanceof AwsError && error.fault === 'client') || attempt > MOST_RETRIES;
        if (final) return this.#lose(event, destination, error instanceof Error ? error.message : String(error));
        const delay = Math.min(1000 * 2 ** (attempt - 1), 900_000);
        this.#kernel.after(delay, () => this.#attempt(call, event, destination, attempt + 1), {
          label: `S3 notification to ${destination}`,
        });
      },
    );
  }

  #answered(output: object, event: ObjectEvent, destination: string): void {
    const entries: unknown = 'Entries' in output ? output.Entries : undefined;
    const [entry] = (Array.isArray(entries) ? entries : []) as { ErrorCode?: string; ErrorMessage?: string }[];
    if (entry?.ErrorCode) this.#lose(event, destination, `${entry.ErrorCode}: ${entry.ErrorMessage}`);
    else this.#done(event.bucket.arn);
  }

  #lose(event: ObjectEvent, destination: string, reason: string): void {
    this.lost.push({ bucket: event.bucket.name, key: event.key, eventName: event.name, destination, reason });
    if (this.lost.length > KEPT) this.lost.shift();
    this.#done(event.bucket.arn);
  }

  #done(arn: string): void {
    const left = (this.#underway.get(arn) ?? 1) - 1;
    if (left > 0) this.#underway.set(arn, left);
    else this.#underway.delete(arn);
  }
}

function caller(bucket: Bucket): Pick<ServiceCall, 'principal' | 'sourceArn'> {
  return { principal: 's3.amazonaws.com', sourceArn: bucket.arn };
}

function callOf({ kind, arn }: Destination, body: string): ServiceCall {
  switch (kind) {
    case 'sqs':
      return {
        service: 'sqs',
        operation: 'SendMessage',
        input: { QueueUrl: `http://127.0.0.1:4566/${arn.split(':')[4]}/${arn.split(':')[5]}`, MessageBody: body },
      };
    case 'sns':
      return { service: 'sns', operation: 'Publish', input: { TopicArn: arn, Subject: 'Amazon S3 Notification', Message: body } };
    case 'lambda':
      return {
        service: 'lambda',
        operation: 'Invoke',
        input: { FunctionName: arn, InvocationType: 'Event', Payload: Buffer.from(body) },
      };
  }
}
