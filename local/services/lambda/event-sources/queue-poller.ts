import type { DeleteMessageBatchResult, Message, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import { queueUrl } from '../../../delivery/index.ts';
import type { PendingWork } from '../../../kernel/index.ts';
import { reportedFailures } from './failures.ts';
import { type RecordFilter, recordFilter } from './filter.ts';
import { filterableMessage, queueRecord } from './queue-records.ts';
import { callSource, invokeWithBatch, type Mapping, note, type Poller, type PollerHost, pause } from './source.ts';

/** Lambda starts with five invocations at once, adds up to 300 a minute while the queue is busy, up to 1,250. */
const FIRST_CONCURRENCY = 5;
const MORE_CONCURRENCY = 300;
const MOST_CONCURRENCY = 1_250;
const SCALING_MS = 60_000;
const LARGEST_PAYLOAD = 6 * 1024 * 1024 - 1024;
const DELETE_ATTEMPTS = 3;
const LONGEST_PAUSE_MS = 60_000;

interface Collected {
  readonly messages: Message[];
  readonly records: string[];
  bytes: number;
}

/**
 * Reads a queue and invokes the function with batches of its messages. Messages are deleted when they were processed;
 * those that failed come back when their visibility timeout ends.
 */
export class QueuePoller implements Poller {
  readonly #host: PollerHost;
  readonly #mapping: Mapping;
  readonly #url: string;
  readonly #filter: RecordFilter | undefined;
  #unsubscribe: (() => void) | undefined;
  /** The queue may hold messages that can be received. */
  #more = false;
  #collecting = false;
  #arrived: (() => void) | undefined;
  #running = 0;
  #busySince: number | undefined;
  #troubles = 0;
  /** Times in a row that a batch did not reach the function. */
  #refusals = 0;

  constructor(host: PollerHost, mapping: Mapping) {
    this.#host = host;
    this.#mapping = mapping;
    this.#url = queueUrl(mapping.sourceArn);
    this.#filter = recordFilter(mapping.settings.filters);
  }

  start(): void {
    if (this.#unsubscribe) return;
    this.#unsubscribe = this.#host.kernel.onSignal(this.#mapping.sourceArn, () => {
      this.#more = true;
      this.#arrived?.();
      this.#poll();
    });
    this.#more = true;
    this.#poll();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#arrived?.();
  }

  pending(): readonly PendingWork[] {
    return this.#running === 0 ? [] : [{ resource: this.#mapping.sourceArn, what: 'batches with their function', count: this.#running }];
  }

  #poll(): void {
    if (!this.#unsubscribe || this.#collecting || !this.#more || this.#running >= this.#concurrency()) return;
    this.#collecting = true;
    this.#collect().then(
      (batch) => {
        this.#collecting = false;
        this.#troubles = 0;
        if (batch.messages.length > 0) void this.#process(batch);
        this.#poll();
      },
      (error: unknown) => this.#trouble(error),
    );
  }

  /** The source can't be read: tries again, more and more slowly. */
  #trouble(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#mapping.lastResult = `PROBLEM: ${message}`;
    if (this.#troubles === 0) note(this.#host, this.#mapping, message);
    const delay = Math.min(1000 * 2 ** this.#troubles, LONGEST_PAUSE_MS);
    this.#troubles += 1;
    void pause(this.#host, delay, `polling ${this.#mapping.sourceArn} again: ${message}`).then(() => {
      this.#collecting = false;
      this.#poll();
    });
  }

  #concurrency(): number {
    const { maximumConcurrency: most } = this.#mapping.settings;
    if (this.#running === 0) this.#busySince = undefined;
    const since = this.#busySince ?? this.#host.kernel.now();
    const steps = Math.floor((this.#host.kernel.now() - since) / SCALING_MS);
    const scaled = Math.min(FIRST_CONCURRENCY + steps * MORE_CONCURRENCY, most ?? MOST_CONCURRENCY);
    if (this.#running >= scaled && this.#busySince === undefined) {
      this.#busySince = since;
      this.#host.kernel.after(SCALING_MS, () => this.#poll(), { daemon: true, label: 'scaling of a queue poller' });
    }
    return scaled;
  }

  /** Receives until the batch is full, the queue has no more, or the batching window ends. */
  async #collect(): Promise<Collected> {
    const { batchSize, batchingWindowMs } = this.#mapping.settings;
    const batch: Collected = { messages: [], records: [], bytes: 0 };
    let deadline: number | undefined;
    while (batch.messages.length < batchSize && batch.bytes < LARGEST_PAYLOAD && this.#unsubscribe) {
      this.#more = false;
      const found = await this.#receive(Math.min(10, batchSize - batch.messages.length));
      if (found.length > 0) {
        this.#more = true;
        await this.#add(batch, found);
        if (batchingWindowMs === 0) break;
        if (batch.messages.length > 0) deadline ??= this.#host.kernel.now() + batchingWindowMs;
        continue;
      }
      if (this.#more) continue;
      if (deadline === undefined || !(await this.#arrival(deadline))) break;
    }
    return batch;
  }

  async #receive(count: number): Promise<readonly Message[]> {
    const input = {
      QueueUrl: this.#url,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    const output = await callSource<ReceiveMessageResult>(this.#host, this.#mapping, {
      service: 'sqs',
      operation: 'ReceiveMessage',
      input,
    });
    return output.Messages ?? [];
  }

  /** Adds what the filters let pass; Lambda deletes the rest. */
  async #add(batch: Collected, found: readonly Message[]): Promise<void> {
    const { sourceArn } = this.#mapping;
    const filter = this.#filter;
    const passed = filter ? found.filter((message) => filter(filterableMessage(message, sourceArn))) : found;
    for (const message of passed) {
      const record = JSON.stringify(queueRecord(message, sourceArn));
      batch.messages.push(message);
      batch.records.push(record);
      batch.bytes += record.length;
    }
    if (passed.length < found.length) await this.#delete(found.filter((message) => !passed.includes(message)));
  }

  /** Whether a message arrived before the deadline. */
  #arrival(deadline: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (arrived: boolean): void => {
        timer.cancel();
        this.#arrived = undefined;
        resolve(arrived && this.#unsubscribe !== undefined);
      };
      const timer = this.#host.kernel.schedule(deadline, () => end(false), { label: `batching window of ${this.#mapping.sourceArn}` });
      this.#arrived = () => end(true);
    });
  }

  async #process(batch: Collected): Promise<void> {
    this.#running += 1;
    const outcome = await invokeWithBatch(this.#host, this.#mapping, `{"Records":[${batch.records.join(',')}]}`);
    if (outcome.kind !== 'refused') this.#refusals = 0;
    if (outcome.kind === 'answered') await this.#delete(this.#succeeded(batch.messages, outcome.payload));
    else if (outcome.kind === 'refused') await this.#refused(outcome.error.message);
    this.#running -= 1;
    this.#poll();
  }

  #succeeded(messages: readonly Message[], payload: Uint8Array): readonly Message[] {
    if (!this.#mapping.settings.partialBatchResponses) return messages;
    const ids = new Set(messages.map((message) => message.MessageId));
    const failed = reportedFailures(payload, (id) => ids.has(id));
    return failed === 'all' ? [] : messages.filter((message) => !failed.has(message.MessageId ?? ''));
  }

  /** The function had no capacity: its messages come back by themselves, and the poller slows down. */
  async #refused(message: string): Promise<void> {
    this.#mapping.lastResult = `PROBLEM: ${message}`;
    const delay = Math.min(1000 * 2 ** this.#refusals, LONGEST_PAUSE_MS);
    if (this.#refusals === 0) note(this.#host, this.#mapping, message);
    this.#refusals += 1;
    await pause(this.#host, delay, `backing off from ${this.#mapping.functionArn}`);
  }

  async #delete(messages: readonly Message[]): Promise<void> {
    for (let from = 0; from < messages.length; from += 10) {
      let entries = messages.slice(from, from + 10).map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
      for (let attempt = 1; entries.length > 0; attempt += 1) {
        const failed = await this.#deleteOnce(entries);
        if (failed.size > 0 && attempt === DELETE_ATTEMPTS) {
          note(
            this.#host,
            this.#mapping,
            `${failed.size} processed messages could not be deleted and will be delivered again: ${[...failed.values()][0]}`,
          );
          break;
        }
        entries = entries.filter((entry) => failed.has(entry.Id));
        if (entries.length > 0) await pause(this.#host, 100 * attempt, 'deleting messages again');
      }
    }
  }

  /** The entries that were refused, with the reason. */
  async #deleteOnce(entries: readonly { readonly Id: string }[]): Promise<ReadonlyMap<string, string>> {
    try {
      const input = { QueueUrl: this.#url, Entries: entries };
      const call = { service: 'sqs', operation: 'DeleteMessageBatch', input } as const;
      const output = await callSource<DeleteMessageBatchResult>(this.#host, this.#mapping, call);
      return new Map((output.Failed ?? []).map((entry) => [entry.Id ?? '', entry.Message ?? entry.Code ?? '']));
    } catch (error) {
      return new Map(entries.map((entry) => [entry.Id, error instanceof Error ? error.message : String(error)]));
    }
  }
}
