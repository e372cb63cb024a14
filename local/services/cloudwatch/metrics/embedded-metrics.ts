import type { Sample } from './metric-store.ts';

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

/**
 * The samples of a log line in CloudWatch's embedded metric format; what does not fit the format is left out, as CloudWatch does.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @param at when the line was written, for a document without a timestamp of its own
 */
export function embeddedSamples(document: Readonly<Record<string, unknown>>, at: number): Sample[] {
  const header = document._aws;
  if (!isRecord(header) || !Array.isArray(header.CloudWatchMetrics)) return [];
  const time = typeof header.Timestamp === 'number' ? header.Timestamp : at;
  const directives = header.CloudWatchMetrics.filter(isRecord) as Directive[];
  return directives.flatMap((directive) => samplesOf(directive, document, time));
}

function samplesOf(directive: Directive, document: Readonly<Record<string, unknown>>, at: number): Sample[] {
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = directive;
  if (typeof namespace !== 'string' || !Array.isArray(metrics)) return [];
  const dimensionSets = (Array.isArray(sets) ? sets : [[]]).map((keys) => dimensionsOf(keys, document)).filter((set) => set !== undefined);
  const samples: Sample[] = [];
  for (const definition of metrics.filter(isRecord)) {
    const { Name: name, Unit: unit, StorageResolution: resolution } = definition;
    if (typeof name !== 'string') continue;
    const values = [document[name]].flat().filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
    if (values.length === 0) continue;
    for (const dimensions of dimensionSets) {
      samples.push({
        metric: { namespace, name, dimensions },
        at,
        unit: typeof unit === 'string' ? unit : 'None',
        highResolution: resolution === 1,
        add: (into) => {
          for (const value of values) into.add(value);
        },
      });
    }
  }
  return samples;
}

/** The dimensions of a set of keys; undefined when one of them has no value in the document. */
function dimensionsOf(keys: unknown, document: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
  if (!Array.isArray(keys)) return undefined;
  const dimensions: Record<string, string> = {};
  for (const key of keys) {
    const value = document[String(key)];
    if (value === undefined || value === null || typeof value === 'object') return undefined;
    dimensions[String(key)] = String(value);
  }
  return dimensions;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
