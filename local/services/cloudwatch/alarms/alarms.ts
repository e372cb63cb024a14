import type { Kernel, Timer } from '../../../kernel/index.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { QueueMetrics, queueOf } from '../metrics/queue-metrics.ts';
import { AlarmActions } from './actions.ts';
import type { Alarm, AlarmChange, AlarmState, MetricWatch } from './alarm.ts';
import { parseRule } from './composite-rule.ts';
import { type PeriodValue, stateFor } from './evaluate.ts';

const HISTORY_KEPT = 1000;

/**
 * The alarms of the account. One is evaluated at the end of a period in which its metric had a value, and on, a period at a time, until
 * that value is out of its sight: an alarm whose metric is still costs nothing.
 */
export class Alarms {
  readonly #kernel: Kernel;
  readonly #metrics: MetricStore;
  readonly #actions: AlarmActions;
  readonly #queues: QueueMetrics;
  readonly #byName = new Map<string, Alarm>();
  readonly history: AlarmChange[] = [];

  constructor(kernel: Kernel, metrics: MetricStore) {
    this.#kernel = kernel;
    this.#metrics = metrics;
    this.#actions = new AlarmActions(kernel);
    this.#queues = new QueueMetrics(kernel, metrics);
  }

  all(): Alarm[] {
    return [...this.#byName.values()];
  }

  get(name: string): Alarm | undefined {
    return this.#byName.get(name);
  }

  put(alarm: Alarm): void {
    const before = this.#byName.get(alarm.name);
    before?.stop();
    if (before) {
      alarm.state = before.state;
      alarm.stateReason = before.stateReason;
      alarm.stateChangedAt = before.stateChangedAt;
    }
    this.#byName.set(alarm.name, alarm);
    if (alarm.watch) alarm.stop = this.#follow(alarm, alarm.watch);
    if (alarm.rule !== undefined) this.#evaluateComposite(alarm, alarm.rule);
  }

  delete(name: string): void {
    this.#byName.get(name)?.stop();
    this.#byName.delete(name);
  }

  setState(alarm: Alarm, to: AlarmState, reason: string): void {
    const from = alarm.state;
    if (from === to) return;
    const change: AlarmChange = { alarm, from, to, reason, at: this.#kernel.now() };
    alarm.state = to;
    alarm.stateReason = reason;
    alarm.stateChangedAt = change.at;
    this.history.push(change);
    if (this.history.length > HISTORY_KEPT) this.history.shift();
    this.#actions.run(change);
    for (const other of this.#byName.values()) {
      if (other !== alarm && other.rule !== undefined) this.#evaluateComposite(other, other.rule);
    }
  }

  #evaluateComposite(alarm: Alarm, text: string): void {
    const to = parseRule(text).holds((name) => this.#byName.get(name)?.state) ? 'ALARM' : 'OK';
    this.setState(alarm, to, `${alarm.arn} is ${to}: ${text}`);
  }

  #follow(alarm: Alarm, watch: MetricWatch): () => void {
    let timer: Timer | undefined;
    const at = (time: number): void => {
      if (timer && timer.at <= time) return;
      timer?.cancel();
      timer = this.#kernel.schedule(time, evaluate, { daemon: true, label: `alarm ${alarm.name}` });
    };
    const evaluate = (): void => {
      timer = undefined;
      const end = Math.floor(this.#kernel.now() / watch.periodMs) * watch.periodMs;
      const values = this.#values(watch, end);
      const to = stateFor(watch, values, alarm.state);
      this.setState(alarm, to, reasonFor(watch, values, to));
      if (values.some((value) => value !== undefined)) at(end + watch.periodMs);
    };
    const endOfPeriod = (time: number): number => (Math.floor(time / watch.periodMs) + 1) * watch.periodMs;
    const queue = queueOf(watch.metric);
    if (queue !== undefined) this.#queues.follow(queue);
    const unwatch = this.#metrics.watch(watch.metric, (time) => at(Math.max(endOfPeriod(time), this.#kernel.now())));
    // Even an alarm whose metric never has a value finds that out once.
    at(endOfPeriod(this.#kernel.now() + (watch.periods - 1) * watch.periodMs));
    return () => {
      unwatch();
      timer?.cancel();
    };
  }

  #values({ metric, periods, periodMs, statistic, unit }: MetricWatch, end: number): PeriodValue[] {
    const from = end - periods * periodMs;
    const points = new Map(this.#metrics.read(metric, from, end, periodMs, unit).map(({ at, statistics }) => [at, statistics]));
    return Array.from({ length: periods }, (_, index) => points.get(from + index * periodMs)?.get(statistic));
  }
}

function reasonFor(watch: MetricWatch, values: readonly PeriodValue[], to: AlarmState): string {
  const present = values.filter((value) => value !== undefined);
  if (to === 'INSUFFICIENT_DATA') return `Insufficient Data: ${watch.periods} datapoints were unknown.`;
  const crossed = `the threshold (${watch.threshold}) with ${watch.comparison}`;
  return `Threshold Crossed: the datapoints [${present.join(', ')}] of the last ${watch.periods} periods ${to === 'ALARM' ? 'met' : 'did not meet'} ${crossed}.`;
}
