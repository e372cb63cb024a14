import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { FAILURES_METRIC, METRICS_NAMESPACE } from './environment.ts';

export { MetricUnit };

export type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** A value with its unit; a bare number is a count. */
export type Measurement = number | readonly [value: number, unit: Unit];

let metrics: Metrics | undefined;

/**
 * Writes one line of CloudWatch's embedded metric format: these measurements, under these dimensions.
 *
 * Every line is complete in itself, so that nothing is lost when the function ends early and nothing mixes when records are handled at once.
 * The dimension `service` is always there.
 * @example
 * measure({ outbox: 'bookings' }, { Published: 3, Age: [12, MetricUnit.Seconds] });
 */
export function measure(dimensions: Readonly<Record<string, string>>, measurements: Readonly<Record<string, Measurement>>): void {
  metrics ??= new Metrics({ namespace: process.env.POWERTOOLS_METRICS_NAMESPACE || METRICS_NAMESPACE });
  const entries = Object.entries(measurements);
  if (entries.length === 0) return;
  metrics.addDimensions({ ...dimensions });
  for (const [name, measurement] of entries) {
    const [value, unit] = typeof measurement === 'number' ? [measurement, MetricUnit.Count] : measurement;
    metrics.addMetric(name, unit, value);
  }
  metrics.publishStoredMetrics();
}

/**
 * Counts what a handler caught and answered for: requests answered with a fault, messages given back or set aside for their handling. Lambda does
 * not see them as errors of the function; by this a gradual deployment does.
 */
export function measureFailures(count: number): void {
  if (count > 0) measure({}, { [FAILURES_METRIC]: count });
}
