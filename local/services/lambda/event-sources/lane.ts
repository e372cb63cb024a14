import type { Timer } from '../../../kernel/index.ts';
import { type Batch, planBatch, retryDelay } from './batch-plan.ts';
import { type DiscardedBatch, reportDiscarded } from './discarded-batch.ts';
import { reportedFailures } from './failures.ts';
import { type BatchOutcome, invokeWithBatch, type Mapping, note, type PollerHost, pause } from './source.ts';
import type { StreamClient } from './stream-client.ts';
import type { StreamRecord } from './stream-records.ts';
import { LARGEST_STATE, stateOf, type WindowFlags, type WindowState, windowAt, windowMembers } from './tumbling-window.ts';

/** A record in its place among all that were read of the shard. */
export interface LaneItem {
  readonly index: number;
  readonly record: StreamRecord;
}

export interface LaneHost extends PollerHost {
  readonly mapping: Mapping;
  readonly client: StreamClient;
  readonly shardId: string;
  /** How long the stream keeps records. */
  readonly retentionMs: number;
  /** Whether everything in the shard so far has been handed to its lanes. */
  caughtUp(): boolean;
  /** The shard ends with what the lane has. */
  ended(): boolean;
  /** The lane has room again, or is done. */
  progressed(): void;
}

const LARGEST_PAYLOAD = 6 * 1024 * 1024 - 4096;
const MIDDLE: WindowFlags = { final: false, terminatedEarly: false };

/**
 * Invokes the function with the records of one shard, or of a part of its keys, one batch after the other. A batch that
 * fails holds up those behind it until it succeeds or is given up.
 */
export class Lane {
  readonly #host: LaneHost;
  #queue: LaneItem[] = [];
  #head = 0;
  /** Batches being tried, the next one last. */
  #trying: Batch<LaneItem>[] = [];
  #busy = false;
  #stopped = false;
  #firstWaitsSince = 0;
  #timer: Timer | undefined;
  #window: WindowState | undefined;
  /** Times in a row that a batch did not reach the function. */
  #refusals = 0;

  constructor(host: LaneHost) {
    this.#host = host;
  }

  /** Records that wait or are being tried. */
  get size(): number {
    return this.#queue.length - this.#head + this.#trying.reduce((sum, batch) => sum + batch.items.length, 0);
  }

  get idle(): boolean {
    return !this.#busy && this.size === 0 && this.#window === undefined;
  }

  /** The first record that is not done with. */
  get first(): LaneItem | undefined {
    return this.#trying.at(-1)?.items[0] ?? this.#queue[this.#head];
  }

  push(item: LaneItem): void {
    if (this.#head === this.#queue.length) this.#firstWaitsSince = this.#host.kernel.now();
    this.#queue.push(item);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Starts what can start. */
  pump(): void {
    if (this.#busy || this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#windowIsOver()) this.#start(() => this.#closeWindow({ final: true, terminatedEarly: false }));
    else if (this.#head === this.#queue.length) this.#awaitWindowEnd();
    else if (!this.#awaitFullBatch()) this.#start(() => this.#tryAll({ items: this.#take(), retries: 0, invocations: 0 }));
  }

  /** Whether the batch may still grow: its window is open and it is not full. */
  #awaitFullBatch(): boolean {
    const { batchSize, batchingWindowMs } = this.#host.mapping.settings;
    const ready = this.#firstWaitsSince + batchingWindowMs;
    if (batchingWindowMs === 0 || this.#queue.length - this.#head >= batchSize || this.#host.ended()) return false;
    if (this.#host.kernel.now() >= ready) return false;
    this.#timer = this.#host.kernel.schedule(ready, () => this.pump(), { label: `batching window of ${this.#host.mapping.sourceArn}` });
    return true;
  }

  #start(work: () => Promise<void>): void {
    this.#busy = true;
    work().then(
      () => {
        this.#busy = false;
        this.#host.progressed();
        this.pump();
      },
      (error: unknown) => {
        // A fault of the local cloud: a task that throws stops the kernel, which reports it.
        this.#host.kernel.after(0, () => {
          throw error;
        });
      },
    );
  }

  /** The records of the next batch: no more than its size, 6 MB, and one tumbling window. */
  #take(): LaneItem[] {
    const { batchSize, tumblingWindowMs } = this.#host.mapping.settings;
    const items: LaneItem[] = [];
    let bytes = 0;
    while (items.length < batchSize) {
      const item = this.#queue[this.#head];
      if (!item) break;
      bytes += item.record.json.length + 1;
      if (bytes > LARGEST_PAYLOAD && items.length > 0) break;
      if (tumblingWindowMs > 0) {
        this.#window ??= windowAt(item.record.arrivedAt, tumblingWindowMs);
        if (item.record.arrivedAt >= this.#window.end) break;
      }
      items.push(item);
      this.#head += 1;
    }
    this.#firstWaitsSince = this.#host.kernel.now();
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return items;
  }

  async #tryAll(batch: Batch<LaneItem>): Promise<void> {
    this.#trying = [batch];
    for (;;) {
      const next = this.#trying.at(-1);
      if (!next || this.#stopped) return;
      const fresh = await this.#dropOld(next);
      this.#trying[this.#trying.length - 1] = fresh;
      if (fresh.items.length === 0) this.#trying.pop();
      else await this.#tryOnce(fresh);
    }
  }

  async #tryOnce(batch: Batch<LaneItem>): Promise<void> {
    const { mapping, client, shardId } = this.#host;
    const outcome = await this.#invoke(batch.items, MIDDLE);
    if (outcome.kind === 'refused') {
      // Not the function's fault: this is no retry.
      await this.#refused(outcome);
      return;
    }
    this.#refusals = 0;
    const plan = planBatch(batch, { failedFrom: this.#failedFrom(batch, outcome) }, mapping.settings);
    if (outcome.kind === 'answered') await this.#keepState(outcome.payload);
    this.#trying.pop();
    if (plan.kind === 'give up') {
      await reportDiscarded(this.#host, mapping, client, {
        records: plan.batch.items.map((item) => item.record),
        condition: 'RetryAttemptsExhausted',
        invocations: plan.batch.invocations,
        requestId: this.#host.kernel.uuid(),
        executedVersion: outcome.kind === 'failed' ? outcome.executedVersion : '$LATEST',
        shardId,
      } satisfies DiscardedBatch);
    } else if (plan.kind === 'again') {
      this.#trying.push(...[...plan.batches].reverse());
      const retries = plan.batches[0]?.retries ?? 0;
      if (retries > batch.retries) await pause(this.#host, retryDelay(retries), `retry of a batch of ${mapping.sourceArn}`);
    }
  }

  async #refused(outcome: Extract<BatchOutcome, { kind: 'refused' }>): Promise<void> {
    const { mapping } = this.#host;
    const { message } = outcome.error;
    this.#refusals += 1;
    if (this.#refusals === 1) note(this.#host, mapping, message);
    mapping.lastResult = `PROBLEM: ${message}`;
    await pause(this.#host, retryDelay(this.#refusals), `${mapping.functionArn} refused a batch: ${message}`);
  }

  #failedFrom(batch: Batch<LaneItem>, outcome: Exclude<BatchOutcome, { kind: 'refused' }>): number | undefined {
    if (outcome.kind === 'failed') return 0;
    if (!this.#host.mapping.settings.partialBatchResponses) return undefined;
    const places = new Map(batch.items.map((item, place) => [item.record.sequenceNumber, place]));
    const failed = reportedFailures(outcome.payload, (sequenceNumber) => places.has(sequenceNumber));
    if (failed === 'all') return 0;
    return failed.size === 0 ? undefined : Math.min(...[...failed].map((sequenceNumber) => places.get(sequenceNumber) ?? 0));
  }

  /** Gives up records that are too old to be tried. */
  async #dropOld(batch: Batch<LaneItem>): Promise<Batch<LaneItem>> {
    const { kernel, mapping, client, shardId, retentionMs } = this.#host;
    const { maximumAgeMs } = mapping.settings;
    const limit = maximumAgeMs < 0 ? retentionMs : Math.min(maximumAgeMs, retentionMs);
    const oldest = kernel.now() - limit;
    const firstFresh = batch.items.findIndex((item) => item.record.arrivedAt >= oldest);
    const old = firstFresh < 0 ? batch.items : batch.items.slice(0, firstFresh);
    if (old.length === 0) return batch;
    const records = old.map((item) => item.record);
    if (limit === retentionMs) note(this.#host, mapping, `${records.length} records are lost: the stream has forgotten them.`);
    else {
      const { invocations } = batch;
      const requestId = kernel.uuid();
      await reportDiscarded(this.#host, mapping, client, {
        records,
        condition: 'RecordAgeExceeded',
        invocations,
        requestId,
        executedVersion: '$LATEST',
        shardId,
      });
    }
    return { ...batch, items: batch.items.slice(old.length) };
  }

  #invoke(items: readonly LaneItem[], flags: WindowFlags): Promise<BatchOutcome> {
    const { mapping, shardId } = this.#host;
    const records = items.map((item) => item.record.json).join(',');
    const window = this.#window ? `,${windowMembers(this.#window, shardId, mapping.sourceArn, flags)}` : '';
    return invokeWithBatch(this.#host, mapping, `{"Records":[${records}]${window}}`);
  }

  async #keepState(payload: Uint8Array): Promise<void> {
    if (!this.#window) return;
    this.#window = { ...this.#window, state: stateOf(payload) };
    if (JSON.stringify(this.#window.state).length <= LARGEST_STATE) return;
    const { start, end } = this.#window;
    await this.#closeWindow({ final: true, terminatedEarly: true });
    this.#window = { start, end, state: {} };
  }

  /** No more records of the window can come: one of a later window has, or its time is over and the shard is read to its end. */
  #windowIsOver(): boolean {
    if (!this.#window) return false;
    const next = this.#queue[this.#head];
    if (next) return next.record.arrivedAt >= this.#window.end;
    return this.#host.ended() || (this.#host.kernel.now() >= this.#window.end && this.#host.caughtUp());
  }

  #awaitWindowEnd(): void {
    if (!this.#window) return;
    const { kernel, mapping } = this.#host;
    this.#timer = kernel.schedule(Math.max(this.#window.end, kernel.now() + 1), () => this.pump(), {
      label: `tumbling window of ${mapping.sourceArn}`,
    });
  }

  /** The last invocation of a window: no records, the state that was built up. */
  async #closeWindow(flags: WindowFlags): Promise<void> {
    const { mapping } = this.#host;
    for (let retries = 0; !this.#stopped; ) {
      const outcome = await this.#invoke([], flags);
      if (outcome.kind === 'answered') break;
      if (outcome.kind === 'refused') {
        await this.#refused(outcome);
        continue;
      }
      retries += 1;
      const most = mapping.settings.maximumRetries;
      if (most >= 0 && retries > most) {
        note(this.#host, mapping, `the state of a window is lost: its last invocation failed ${retries} times. ${outcome.message}`);
        break;
      }
      await pause(this.#host, retryDelay(retries), `retry of the end of a window of ${mapping.sourceArn}`);
    }
    this.#window = undefined;
  }
}
