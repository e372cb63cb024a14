import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { checkEngine, type EngineResult } from './engines/check-engine.ts';
import { localstackInDocker } from './engines/docker-engine.ts';
import type { Engine } from './engines/engine.ts';
import { scriptEngine } from './engines/script-engine.ts';
import { CACHE } from './place/cdk.ts';
import { UsageError } from './place/command-line.ts';
import { script } from './place/script.ts';
import { summary } from './suite/run-suite.ts';

const ENGINES = ['localstack', 'ministack'] as const;
type EngineName = (typeof ENGINES)[number];

/** `npm run engines`: everything about engines that CI must see. Results are in `.cache/engines.json`. */
await script(async (args) => {
  const only = readOptions(args);
  if (only === undefined) return 0;
  mkdirSync(CACHE, { recursive: true });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const results: EngineResult[] = [];
  for (const name of only) {
    const engine = engineOf(name);
    if (engine) results.push(await checkEngine(engine, say));
    else say(`${name}: not run, there is no script that starts it`);
  }
  const closing = results.flatMap(closingLines);
  const failed = results.reduce((sum, { faults, runs }) => sum + faults.length + runs.reduce((n, run) => n + run.failed.length, 0), 0);
  const count = (kind: 'passed' | 'skipped'): number => results.flatMap(({ runs }) => runs).reduce((n, run) => n + run[kind].length, 0);
  const totals = { passed: count('passed'), failed, skipped: count('skipped') };
  writeFileSync(join(CACHE, 'engines.json'), `${JSON.stringify({ ...totals, closing }, undefined, 2)}\n`);
  say(`\n${closing.join('\n')}`);
  return failed === 0 && totals.passed > 0 ? 0 : 1;
});

/** LocalStack is in Docker, too; whoever has neither is told by {@link checkEngine}. */
function engineOf(name: EngineName): Engine | undefined {
  return scriptEngine(name) ?? (name === 'localstack' ? localstackInDocker : undefined);
}

function closingLines({ target, runs, killed, faults, seconds }: EngineResult): string[] {
  const total = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  return [
    ...runs.map(summary),
    ...faults.map((fault) => `${target}: FAILED ${fault}`),
    `${target}: ${killed} functions were killed in the second run; ${total} s in all`,
  ];
}

/** @returns the engines to run, or undefined when help was asked for @throws UsageError */
function readOptions(args: readonly string[]): readonly EngineName[] | undefined {
  const command = new Command('npm run engines --')
    .description('Starts each engine, deploys GlobalAir, runs the scenarios twice (the second time killing functions), destroys, stops.')
    .addOption(new Option('--only <name>', 'only this engine').choices([...ENGINES]))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return undefined;
    throw new UsageError(`${error.message.replace(/^error: /, '')} (see npm run engines -- --help)`);
  }
  const { only } = command.opts<{ only?: EngineName }>();
  return only === undefined ? ENGINES : [only];
}
