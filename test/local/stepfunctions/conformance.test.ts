import { readFileSync } from 'node:fs';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { Harness } from './harness.ts';

interface RecordedEvent {
  readonly type: string;
  readonly id: number | readonly number[];
  readonly previousEventId: number;
  readonly [details: string]: unknown;
}

interface Case {
  readonly name: string;
  readonly definition: object;
  readonly input: string;
  readonly last: string;
  readonly history: readonly RecordedEvent[];
}

const cases = JSON.parse(readFileSync(new URL('../../conformance/asl.json', import.meta.url), 'utf8')) as Case[];

/** Texts that stand for values which differ from run to run. */
const MASK = /<[^>]+>|^(?:timestamp|date|snf_role_arn)$/;

describe('state machines recorded on AWS', () => {
  test.each(cases.map((each) => [each.name.replace(/^.*::/, ''), each] as const))('%s', async (_, recorded) => {
    const harness = new Harness({ startAt: Date.UTC(2026, 10, 21) }).stub('s3', { PutObject: () => ({}) });
    const arn = harness.start(harness.create(recorded.definition), recorded.input);
    await harness.kernel.settle();

    const events = harness.history(arn).map(comparable);
    const expected = recorded.history.map(comparable);
    expect(events.at(-1)).toEqual(matching(expected.at(-1)));
    expect(asRecorded(events).map((event) => event.type)).toEqual(asRecorded(expected).map((event) => event.type));
    expect(asRecorded(events)).toEqual(matching(asRecorded(expected)));
  });
});

type Comparable = { readonly type: string } & Record<string, unknown>;

function comparable(event: HistoryEvent | RecordedEvent): Comparable {
  const { id, previousEventId, timestamp, ...rest } = event as unknown as Record<string, unknown>;
  return parsed(rest) as Comparable;
}

/** JSON texts as the values that they hold: the recordings show some of them so. */
function parsed(value: unknown): unknown {
  if (typeof value === 'string') {
    try {
      return parsed(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(parsed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parsed(item)]));
}

/** Events inside Parallel states sorted, and their success left out, as the recordings have them. */
function asRecorded(events: readonly Comparable[]): Comparable[] {
  const result: Comparable[] = [];
  let inside: Comparable[] | undefined;
  for (const event of events) {
    if (/^ParallelState(?:Succeeded|Exited|Failed|Aborted)$/.test(event.type) && inside) {
      result.push(...inside.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
      inside = undefined;
    }
    if (event.type === 'ParallelStateSucceeded') continue;
    if (inside) inside.push(event);
    else result.push(event);
    if (event.type === 'ParallelStateStarted') inside = [];
  }
  return result;
}

/** The expected value with its masks: a masked text matches any text of that form. */
function matching(value: unknown): unknown {
  if (typeof value === 'string' && MASK.test(value)) {
    const source = value.replaceAll(/[.+?^${}()|[\]\\/*]/g, '\\$&').replaceAll(/<[^>]+>/g, '.*');
    return /^(?:timestamp|date|snf_role_arn)$/.test(value) ? expect.any(String) : expect.stringMatching(maskedArn(source));
  }
  if (Array.isArray(value)) return value.map(matching);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, matching(item)]));
}

function maskedArn(source: string): RegExp {
  return new RegExp(`^${source.replaceAll('111111111111', '\\d{12}')}$`);
}
