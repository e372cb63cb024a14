import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InvalidPatternError, testEventPattern } from '../../../local/event-pattern/index.ts';

interface Case {
  readonly name: string;
  readonly event: object;
  readonly pattern: object;
  readonly expected: 'match' | 'no-match' | 'reject';
}

const cases = JSON.parse(readFileSync(new URL('../../conformance/patterns.json', import.meta.url), 'utf8')) as Case[];

function answer(pattern: object, event: object): Case['expected'] {
  try {
    return testEventPattern(JSON.stringify(pattern), JSON.stringify(event)) ? 'match' : 'no-match';
  } catch (error) {
    if (error instanceof InvalidPatternError) return 'reject';
    throw error;
  }
}

describe('event patterns, as recorded from AWS', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { pattern, event, expected }) => {
    expect(answer(pattern, event)).toBe(expected);
  });
});
