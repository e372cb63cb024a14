import { describe, expect, it } from 'vitest';
import { summary } from '../../scripts/suite/run-suite.ts';
import { apiBase, throughEndpoint } from '../e2e/endpoint-world.ts';
import { reasonToSkip, scenarios } from '../e2e/scenarios/index.ts';

describe('a deployment seen from outside', () => {
  it.each([
    ['https://a1b2.execute-api.us-east-1.amazonaws.com/v1/', undefined, 'https://a1b2.execute-api.us-east-1.amazonaws.com/v1'],
    ['https://a1b2.execute-api.us-east-1.amazonaws.com/v1/', 'http://127.0.0.1:4566', 'http://127.0.0.1:4566/_aws/execute-api/a1b2/v1'],
    ['https://a1b2.execute-api.127.0.0.1:4566/v1/', 'http://127.0.0.1:4566', 'http://127.0.0.1:4566/_aws/execute-api/a1b2/v1'],
    ['https://a1b2.execute-api.localhost.localstack.cloud:4566/v1/', 'http://e:1', 'http://e:1/_aws/execute-api/a1b2/v1'],
  ])('has its API %s behind %s at %s', (output, endpoint, base) => {
    expect(apiBase(output, endpoint)).toBe(base);
  });

  it('must have an API', () => {
    expect(() => apiBase(undefined, undefined)).toThrow(/ApiUrl is undefined/);
    expect(() => apiBase('https://example.com/v1', 'http://e:1')).toThrow(/ApiUrl is "https:\/\/example.com\/v1"/);
  });

  it('has its queues at the endpoint, and everything else as it is', () => {
    const outputs = { QueueUrl: 'http://localhost:4577/000000000000/Mail-1.fifo', BusName: 'bus', ApiUrl: 'https://a.execute-api.x/v1/' };
    expect(throughEndpoint(outputs, 'http://127.0.0.1:4577')).toEqual({
      ...outputs,
      QueueUrl: 'http://127.0.0.1:4577/000000000000/Mail-1.fifo',
    });
  });
});

describe('the scenarios', () => {
  it('have names of their own', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });

  it.each(['local', 'wire', 'aws'])('are all run on %s', (target) => {
    expect(scenarios.filter((scenario) => reasonToSkip(scenario, target) !== undefined)).toEqual([]);
  });

  it.each(['localstack', 'ministack'])('are all but three, at most, run on %s', (target) => {
    expect(scenarios.flatMap((scenario) => reasonToSkip(scenario, target) ?? []).length).toBeLessThanOrEqual(3);
  });

  it('end with one line that counts, after the reasons', () => {
    const lines = summary({
      name: 'ministack',
      milliseconds: 61_400,
      passed: ['a', 'b'],
      failed: [{ scenario: 'c', why: 'expected 1 to be 2\nat …' }],
      skipped: [{ scenario: 'd', why: 'MiniStack has none' }],
    });
    expect(lines.split('\n')).toEqual([
      'ministack: FAILED c: expected 1 to be 2',
      'ministack: skipped d: MiniStack has none',
      'ministack: 2 passed, 1 failed, 1 skipped (61 s)',
    ]);
  });
});
