import type { Dimension } from '@aws-sdk/client-cloudwatch';

/** What tells metrics apart: the same name with other dimensions is another metric. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  /** By name. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A text that is the same for the same metric, whatever the order of its dimensions. */
export function metricKey({ namespace, name, dimensions }: MetricIdentity): string {
  const pairs = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, pairs]);
}

export function dimensionsOf(dimensions: readonly Dimension[] | undefined): Record<string, string> {
  return Object.fromEntries((dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));
}

export function dimensionList(dimensions: Readonly<Record<string, string>>): Dimension[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}
