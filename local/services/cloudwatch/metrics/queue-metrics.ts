import { AwsError, arn, type Kernel, type Timer } from '../../../kernel/index.ts';
import type { MetricIdentity } from './metric.ts';
import type { MetricStore } from './metric-store.ts';

type Values = Readonly<Record<string, number>>;

const NAMESPACE = 'AWS/SQS';
const MINUTE = 60_000;

/**
 * The metrics that SQS keeps of its queues, measured at the end of each minute: for queues that an alarm looks at, and only while there is
 * something in them, so that the clock of an idle system runs free.
 */
export class QueueMetrics {
  readonly #kernel: Kernel;
  readonly #store: MetricStore;
  readonly #totals = new Map<string, Values>();
  readonly #timers = new Map<string, Timer>();

  constructor(kernel: Kernel, store: MetricStore) {
    this.#kernel = kernel;
    this.#store = store;
  }

  /** Measures a queue from now on. */
  follow(queueName: string): void {
    if (this.#totals.has(queueName)) return;
    this.#totals.set(queueName, {});
    this.#kernel.onSignal(arn('sqs', queueName), () => this.#schedule(queueName));
    this.#schedule(queueName);
  }

  #schedule(queueName: string): void {
    if (this.#timers.has(queueName)) return;
    // Just before the minute is over, so that its alarm sees it; the next minute's when this one's was taken.
    const end = (Math.floor((this.#kernel.now() + 1) / MINUTE) + 1) * MINUTE - 1;
    const label = `metrics of ${queueName}`;
    this.#timers.set(
      queueName,
      this.#kernel.schedule(end, () => this.#measure(queueName), { daemon: true, label }),
    );
  }

  #measure(queueName: string): void {
    this.#timers.delete(queueName);
    const measured = this.#read(queueName);
    if (!measured) return;
    const { levels, totals } = measured;
    const before = this.#totals.get(queueName) ?? {};
    for (const [name, value] of Object.entries(levels)) this.#record(queueName, name, value);
    for (const [name, total] of Object.entries(totals)) this.#record(queueName, name, total - (before[name] ?? 0));
    this.#totals.set(queueName, totals);
    if (Object.values(levels).some((value) => value > 0)) this.#schedule(queueName);
  }

  /** Nothing when there is no such queue (yet): the signal of its first message brings it up again. */
  #read(queueName: string): { levels: Values; totals: Values } | undefined {
    try {
      const call = { service: 'sqs', operation: 'GetQueueMetrics', input: { QueueUrl: queueName } } as const;
      return this.#kernel.invoke(call) as { levels: Values; totals: Values };
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }

  #record(queueName: string, name: string, value: number): void {
    this.#store.record({
      metric: { namespace: NAMESPACE, name, dimensions: { QueueName: queueName } },
      at: this.#kernel.now(),
      unit: name === 'ApproximateAgeOfOldestMessage' ? 'Seconds' : 'Count',
      highResolution: false,
      add: (into) => into.add(value),
    });
  }
}

/** The queue that a metric of SQS is about. */
export function queueOf({ namespace, dimensions }: MetricIdentity): string | undefined {
  return namespace === NAMESPACE ? dimensions.QueueName : undefined;
}
