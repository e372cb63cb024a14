import { startVitest } from 'vitest/node';
import type { Deployment } from '../../test/e2e/endpoint-world.ts';
import { ROOT } from '../place/cdk.ts';

/** What became of each scenario. */
export interface SuiteResult {
  readonly name: string;
  readonly milliseconds: number;
  readonly passed: readonly string[];
  readonly failed: readonly { readonly scenario: string; readonly why: string }[];
  readonly skipped: readonly { readonly scenario: string; readonly why: string }[];
}

/**
 * Runs the scenarios on a deployment, one after the other.
 *
 * @param name in the closing line
 * @param only text in the names of those to run. @default all
 */
export async function runSuite(name: string, deployment: Deployment, only?: string): Promise<SuiteResult> {
  const began = Date.now();
  const vitest = await startVitest('test', [], {
    root: ROOT,
    config: 'vitest.e2e.config.ts',
    watch: false,
    reporters: [['verbose', { summary: false }]],
    provide: { deployment },
    ...(only === undefined ? {} : { testNamePattern: only.replace(/[^\w ]/g, '.') }),
  });
  const passed: string[] = [];
  const failed: { scenario: string; why: string }[] = [];
  const skipped: { scenario: string; why: string }[] = [];
  for (const module of vitest.state.getTestModules()) {
    for (const error of module.errors()) failed.push({ scenario: 'the suite itself', why: error.message });
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors()) failed.push({ scenario: `before ${suite.name}`, why: error.message });
    }
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (only !== undefined && !test.name.includes(only)) continue;
      if (result.state === 'passed') passed.push(test.name);
      else if (result.state === 'skipped' && result.note) skipped.push({ scenario: test.name, why: result.note });
      else failed.push({ scenario: test.name, why: result.errors?.[0]?.message ?? `It is ${result.state}, for no reason that was given.` });
    }
  }
  await vitest.close();
  return { name, milliseconds: Date.now() - began, passed, failed, skipped };
}

/** The closing lines: what was skipped and why, and the counts. */
export function summary({ name, milliseconds, passed, failed, skipped }: SuiteResult): string {
  return [
    ...failed.map(({ scenario, why }) => `${name}: FAILED ${scenario}: ${why.split('\n')[0]}`),
    ...skipped.map(({ scenario, why }) => `${name}: skipped ${scenario}: ${why}`),
    `${name}: ${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped (${Math.round(milliseconds / 1_000)} s)`,
  ].join('\n');
}
