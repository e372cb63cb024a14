import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  ListMetricsInput,
  ListMetricsOutput,
  MetricDataQuery,
  MetricDataResult,
  MetricDatum,
  PutMetricDataInput,
} from '@aws-sdk/client-cloudwatch';
import { isServicePrincipal } from '../../../kernel/policy/index.ts';
import { invalidCombination, invalidValue, missingParameter, validation } from '../errors.ts';
import { embeddedSamples } from '../metrics/embedded-metrics.ts';
import { dimensionList, dimensionsOf } from '../metrics/metric.ts';
import type { MetricStore, Sample } from '../metrics/metric-store.ts';
import { checkStatistic } from '../metrics/statistics.ts';
import { type Operations, page } from './operation.ts';

/** A log line that holds metrics, as the services that keep logs hand it over. */
export interface PutEmbeddedMetricsInput {
  readonly logGroupName?: string;
  readonly logStreamName?: string;
  /** Epoch milliseconds. */
  readonly timestamp?: number;
  readonly document?: Readonly<Record<string, unknown>>;
}

/** Putting metrics in and getting them out. */
export function metricOperations(store: MetricStore, now: () => number): Operations {
  return {
    PutMetricData(input: PutMetricDataInput, context) {
      const namespace = input.Namespace;
      if (!namespace) throw missingParameter('Namespace');
      if (namespace.startsWith('AWS/') && !isServicePrincipal(context.principal)) {
        throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
      }
      const samples = (input.MetricData ?? []).map((datum, index) => sampleOf(namespace, datum, index + 1, now()));
      if (samples.length > 1000) throw invalidValue('The collection MetricData must not have a size greater than 1000.');
      for (const sample of samples) store.record(sample);
      return {};
    },
    PutEmbeddedMetrics(input: PutEmbeddedMetricsInput) {
      for (const sample of embeddedSamples(input.document ?? {}, input.timestamp ?? now())) store.record(sample);
      return {};
    },
    GetMetricStatistics(input: GetMetricStatisticsInput): GetMetricStatisticsOutput {
      const period = checkPeriod(input.Period);
      const names = [...(input.Statistics ?? []), ...(input.ExtendedStatistics ?? [])];
      if (names.length === 0) throw missingParameter('Statistics');
      for (const name of names) checkStatistic(name);
      const { from, to } = checkTimes(input.StartTime, input.EndTime);
      if ((to - from) / period > 1440) {
        throw invalidCombination(
          `You have requested up to ${Math.ceil((to - from) / period)} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
        );
      }
      const metric = { namespace: input.Namespace ?? '', name: input.MetricName ?? '', dimensions: dimensionsOf(input.Dimensions) };
      const datapoints = store.read(metric, from, to, period, input.Unit).map(({ at, statistics }) => {
        const extended = (input.ExtendedStatistics ?? []).map((name): [string, number | undefined] => [name, statistics.get(name)]);
        return {
          Timestamp: new Date(at),
          Unit: input.Unit ?? ('None' as const),
          ...Object.fromEntries((input.Statistics ?? []).map((name) => [name, statistics.get(name)])),
          ...(extended.length > 0 ? { ExtendedStatistics: Object.fromEntries(extended) as Record<string, number> } : {}),
        };
      });
      return { Label: metric.name, Datapoints: datapoints };
    },
    GetMetricData(input: GetMetricDataInput): GetMetricDataOutput {
      const { from, to } = checkTimes(input.StartTime, input.EndTime);
      const results = (input.MetricDataQueries ?? [])
        .map((query) => ({ query, result: resultOf(store, query, from, to) }))
        .filter(({ query }) => query.ReturnData ?? true)
        .map(({ result }) => (input.ScanBy === 'TimestampAscending' ? result : reversed(result)));
      return { MetricDataResults: results, Messages: [] };
    },
    ListMetrics(input: ListMetricsInput): ListMetricsOutput {
      const found = store
        .all()
        .map((series) => series.metric)
        .filter(({ namespace, name, dimensions }) => {
          if (input.Namespace !== undefined && namespace !== input.Namespace) return false;
          if (input.MetricName !== undefined && name !== input.MetricName) return false;
          return (input.Dimensions ?? []).every(
            ({ Name = '', Value }) => Name in dimensions && (Value ?? dimensions[Name]) === dimensions[Name],
          );
        });
      const { entries, next } = page(found, 500, input.NextToken);
      return {
        Metrics: entries.map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: dimensionList(dimensions),
        })),
        ...next,
      };
    },
  };
}

const FORTNIGHT = 14 * 24 * 3_600_000;
const TWO_HOURS = 2 * 3_600_000;

function sampleOf(namespace: string, datum: MetricDatum, position: number, now: number): Sample {
  const where = `MetricData.member.${position}`;
  if (!datum.MetricName) throw missingParameter(`${where}.MetricName`);
  const { Value: value, Values: values, Counts: counts, StatisticValues: set } = datum;
  if ([value, values, set].filter((given) => given !== undefined).length !== 1) {
    throw invalidCombination(
      `The parameters ${where}.Value, ${where}.Values and ${where}.StatisticValues are mutually exclusive and you have to specify one.`,
    );
  }
  if (values && counts && values.length !== counts.length)
    throw invalidValue(`The parameters ${where}.Values and ${where}.Counts must be of the same size.`);
  for (const number of [value ?? [], values ?? []].flat()) {
    if (!Number.isFinite(number)) throw invalidValue(`The value ${number} for parameter ${where}.Value is invalid.`);
  }
  if ((datum.Dimensions ?? []).length > 30) throw invalidValue(`The collection ${where}.Dimensions must not have a size greater than 30.`);
  const at = datum.Timestamp?.getTime() ?? now;
  if (at > now + TWO_HOURS || at < now - FORTNIGHT) {
    throw invalidValue(
      `The parameter ${where}.Timestamp must specify a time no later than 2 hours and no earlier than two weeks from now.`,
    );
  }
  return {
    metric: { namespace, name: datum.MetricName, dimensions: dimensionsOf(datum.Dimensions) },
    at,
    unit: datum.Unit ?? 'None',
    highResolution: datum.StorageResolution === 1,
    add: (into) => {
      if (value !== undefined) into.add(value);
      for (const [index, each] of (values ?? []).entries()) into.add(each, counts?.[index] ?? 1);
      if (!set) return;
      const { Sum: sum = 0, Minimum: minimum = 0, Maximum: maximum = 0, SampleCount: sampleCount = 0 } = set;
      into.addSet({ sum, minimum, maximum, sampleCount });
    },
  };
}

function resultOf(store: MetricStore, query: MetricDataQuery, from: number, to: number): MetricDataResult {
  const stat = query.MetricStat;
  if (!stat) {
    throw validation(
      `The query '${query.Id}' is an expression (${query.Expression}), and the local cloud does no metric math: ask for the metrics and compute.`,
    );
  }
  const period = checkPeriod(stat.Period);
  checkStatistic(stat.Stat ?? '');
  const { Namespace: namespace = '', MetricName: name = '', Dimensions } = stat.Metric ?? {};
  const points = store
    .read({ namespace, name, dimensions: dimensionsOf(Dimensions) }, from, to, period, stat.Unit)
    .map(({ at, statistics }) => ({ at, value: statistics.get(stat.Stat ?? '') }))
    .filter((point): point is { at: number; value: number } => point.value !== undefined);
  return {
    Id: query.Id,
    Label: query.Label ?? name,
    Timestamps: points.map(({ at }) => new Date(at)),
    Values: points.map(({ value }) => value),
    StatusCode: 'Complete',
  };
}

function reversed(result: MetricDataResult): MetricDataResult {
  return { ...result, Timestamps: result.Timestamps?.toReversed(), Values: result.Values?.toReversed() };
}

function checkPeriod(seconds: number | undefined): number {
  if (seconds === undefined) throw missingParameter('Period');
  if (![1, 5, 10, 20, 30].includes(seconds) && (seconds % 60 !== 0 || seconds <= 0)) {
    throw invalidValue(`The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.`);
  }
  return seconds * 1000;
}

function checkTimes(start: Date | undefined, end: Date | undefined): { from: number; to: number } {
  if (!start) throw missingParameter('StartTime');
  if (!end) throw missingParameter('EndTime');
  if (start >= end) throw validation('The parameter StartTime must be less than the parameter EndTime.');
  return { from: start.getTime(), to: end.getTime() };
}
