import { invalidValue } from '../errors.ts';

/** How many different values are counted one by one; beyond, they fall into classes one per cent wide. */
const DISTINCT = 1000;

/** The values of a metric in some stretch of time, summed up. */
export class Statistics {
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  sampleCount = 0;
  readonly #counts = new Map<number, number>();

  add(value: number, count = 1): void {
    this.addSet({ sum: value * count, minimum: value, maximum: value, sampleCount: count });
    const shown = this.#counts.size < DISTINCT || this.#counts.has(value) ? value : classOf(value);
    this.#counts.set(shown, (this.#counts.get(shown) ?? 0) + count);
  }

  /** Adds values of which only the summary is known. */
  addSet(set: { readonly sum: number; readonly minimum: number; readonly maximum: number; readonly sampleCount: number }): void {
    this.sum += set.sum;
    this.minimum = Math.min(this.minimum, set.minimum);
    this.maximum = Math.max(this.maximum, set.maximum);
    this.sampleCount += set.sampleCount;
  }

  merge(other: Statistics): void {
    this.addSet(other);
    for (const [value, count] of other.#counts) this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
  }

  /**
   * A statistic by the name the API uses: `Sum`, `Average`, `p99.9`.
   *
   * @returns undefined when there are no values, or only summaries where a percentile needs the values
   */
  get(name: string): number | undefined {
    if (this.sampleCount === 0) return undefined;
    switch (name) {
      case 'Sum':
        return this.sum;
      case 'Average':
        return this.sum / this.sampleCount;
      case 'Minimum':
        return this.minimum;
      case 'Maximum':
        return this.maximum;
      case 'SampleCount':
        return this.sampleCount;
      default:
        return this.#percentile(percentileOf(name));
    }
  }

  #percentile(share: number): number | undefined {
    const counts = [...this.#counts].sort(([a], [b]) => a - b);
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    let seen = 0;
    for (const [value, count] of counts) {
      seen += count;
      if (seen >= share * total) return value;
    }
    return counts.at(-1)?.[0];
  }
}

/** @throws AwsError `InvalidParameterValue` for a statistic that is not known here */
export function checkStatistic(name: string): void {
  if (!['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'].includes(name)) percentileOf(name);
}

function percentileOf(name: string): number {
  const share = Number(/^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name)?.[1]);
  if (Number.isNaN(share)) throw invalidValue(`The value ${name} for parameter Statistic is not supported.`);
  return share / 100;
}

function classOf(value: number): number {
  if (value === 0) return 0;
  return Math.sign(value) * 1.01 ** Math.round(Math.log(Math.abs(value)) / Math.log(1.01));
}
