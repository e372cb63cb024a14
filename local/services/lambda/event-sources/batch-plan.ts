import type { MappingSettings } from './settings.ts';

/** A batch of stream records that is being tried. */
export interface Batch<Item> {
  readonly items: readonly Item[];
  /** Retries so far that count. */
  readonly retries: number;
  /** Invocations so far, for reports. */
  readonly invocations: number;
}

/** How a batch went: it succeeded, or failed from an item on (0: as a whole). */
export type BatchResult = { readonly failedFrom: number | undefined };

/** What to do with a batch after an invocation. */
export type BatchPlan<Item> =
  | { readonly kind: 'done' }
  /** Try these, one after the other; `delay` before the first. */
  | { readonly kind: 'again'; readonly batches: readonly Batch<Item>[] }
  | { readonly kind: 'give up'; readonly batch: Batch<Item> };

type RetryPolicy = Pick<MappingSettings, 'bisect' | 'maximumRetries'>;

/**
 * Lambda's rules for a failed batch of a stream: go on at the first item that failed; with bisecting, try halves, which does
 * not count as a retry; else try the same again until the retries are used up.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function planBatch<Item>(batch: Batch<Item>, result: BatchResult, policy: RetryPolicy): BatchPlan<Item> {
  const { failedFrom } = result;
  if (failedFrom === undefined || failedFrom >= batch.items.length) return { kind: 'done' };
  const invocations = batch.invocations + 1;
  const rest = batch.items.slice(failedFrom);
  if (policy.bisect && failedFrom > 0) return { kind: 'again', batches: [{ items: rest, retries: batch.retries, invocations }] };
  if (policy.bisect && rest.length > 1) {
    const middle = Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)];
    return { kind: 'again', batches: halves.map((items) => ({ items, retries: batch.retries, invocations })) };
  }
  const retried = { items: rest, retries: batch.retries + 1, invocations };
  if (policy.maximumRetries >= 0 && batch.retries >= policy.maximumRetries)
    return { kind: 'give up', batch: { ...retried, retries: batch.retries } };
  return { kind: 'again', batches: [retried] };
}

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

/** How long Lambda waits before it tries a batch again; doubles with every failure. @param failures in a row, from 1 */
export function retryDelay(failures: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
}
