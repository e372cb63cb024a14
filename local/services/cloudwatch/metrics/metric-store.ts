import { type MetricIdentity, metricKey } from './metric.ts';
import { Statistics } from './statistics.ts';

/** Slices kept of a metric: a fortnight of minutes. */
const SLICES_KEPT = 20_160;

export interface Series {
  readonly metric: MetricIdentity;
  readonly unit: string;
  /** By when each begins, in epoch milliseconds. */
  readonly slices: Map<number, Statistics>;
}

/** One value, or several, of a metric at a time. */
export interface Sample {
  readonly metric: MetricIdentity;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly unit: string;
  readonly highResolution: boolean;
  add(into: Statistics): void;
}

/** Point of a metric over one period. */
export interface Datapoint {
  /** Start of the period, in epoch milliseconds. */
  readonly at: number;
  readonly statistics: Statistics;
}

/** All metrics, summed up by the minute, or by the second where a metric asks for that. */
export class MetricStore {
  readonly #series = new Map<string, Map<string, Series>>();
  readonly #listeners = new Map<string, Set<(at: number) => void>>();

  record({ metric, at, unit, highResolution, add }: Sample): void {
    const key = metricKey(metric);
    const byUnit = this.#series.get(key) ?? new Map<string, Series>();
    this.#series.set(key, byUnit);
    const series = byUnit.get(unit) ?? { metric, unit, slices: new Map<number, Statistics>() };
    byUnit.set(unit, series);
    const width = highResolution ? 1000 : 60_000;
    const start = Math.floor(at / width) * width;
    const slice = series.slices.get(start) ?? new Statistics();
    series.slices.set(start, slice);
    add(slice);
    if (series.slices.size > SLICES_KEPT) for (const oldest of [...series.slices.keys()].slice(0, 1)) series.slices.delete(oldest);
    for (const listener of this.#listeners.get(key) ?? []) listener(at);
  }

  /** Calls `listener` for each sample of a metric; returns the function that ends it. */
  watch(metric: MetricIdentity, listener: (at: number) => void): () => void {
    const key = metricKey(metric);
    const listeners = this.#listeners.get(key) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(key, listeners);
    return () => listeners.delete(listener);
  }

  all(): Series[] {
    return [...this.#series.values()].flatMap((byUnit) => [...byUnit.values()].slice(0, 1));
  }

  /** The periods from `from` to before `to` that have values, in order. */
  read(metric: MetricIdentity, from: number, to: number, periodMs: number, unit?: string): Datapoint[] {
    const periods = new Map<number, Statistics>();
    for (const series of this.#series.get(metricKey(metric))?.values() ?? []) {
      if (unit !== undefined && series.unit !== unit) continue;
      for (const [start, slice] of slicesBetween(series, from, to)) {
        const period = Math.floor(start / periodMs) * periodMs;
        const statistics = periods.get(period) ?? new Statistics();
        statistics.merge(slice);
        periods.set(period, statistics);
      }
    }
    return [...periods].sort(([a], [b]) => a - b).map(([at, statistics]) => ({ at, statistics }));
  }
}

/** Looks slices up one by one when the stretch is short, so that alarms cost the same however long a metric's history. */
function* slicesBetween(series: Series, from: number, to: number): Generator<[number, Statistics]> {
  const lookups = (to - from) / 1000;
  if (lookups < series.slices.size) {
    for (let second = Math.ceil(from / 1000) * 1000; second < to; second += 1000) {
      const slice = series.slices.get(second);
      if (slice) yield [second, slice];
    }
    return;
  }
  for (const [start, slice] of series.slices) if (start >= from && start < to) yield [start, slice];
}
