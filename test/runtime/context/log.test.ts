import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

afterAll(() => {
  vi.resetModules();
});

/** The levels that are written of one line at each. */
async function levelsAt(wanted: string): Promise<string[]> {
  // What Lambda sets where logs are JSON; Powertools then goes by that alone.
  vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', wanted === 'DEBUG' ? 'DEBUG' : 'INFO');
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', wanted);
  const written: string[] = [];
  const keep = (chunk: unknown) => {
    const line = String(chunk);
    if (line.startsWith('{')) written.push(JSON.parse(line).level);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  // A log keeps the level that it began with.
  vi.resetModules();
  const { log } = await import('../../../lambdas/runtime/context/log.ts');
  const lines = log();
  for (const level of ['debug', 'info', 'warn', 'error'] as const) lines[level]('A line');
  return written;
}

describe('the log of a function', () => {
  it.each([
    ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['INFO', ['INFO', 'WARN', 'ERROR']],
    ['WARN', ['WARN', 'ERROR']],
    ['ERROR', ['ERROR']],
    ['SILENT', []],
  ])('at %s has %j, whatever Lambda itself would pass on', async (wanted, levels) => {
    expect(await levelsAt(wanted)).toEqual(levels);
  });
});
