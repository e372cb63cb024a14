import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { TARGETS } from '../../lib/targets/known-targets.ts';
import type { TargetName } from '../../lib/targets/target.ts';
import type { Place } from './place.ts';

/** A command line that can't be run as given, or a refusal: one line for the user, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'Usage';
}

/** What `deploy`, `e2e` and `destroy` have in common. */
export interface PlaceOptions {
  readonly place: Place;
  /** File with the stack's outputs, as the CDK writes it. */
  readonly outputs: string;
  /** Whether the user agrees beforehand to what costs money or destroys data. */
  readonly yes: boolean;
  /** Values of a script's own options. */
  readonly more: Readonly<Record<string, unknown>>;
}

interface Given {
  readonly endpoint?: string;
  readonly target?: TargetName;
  readonly profile?: string;
  readonly region: string;
  readonly outputs?: string;
  readonly yes: boolean;
}

/**
 * Reads the command line of a script that works on a place.
 *
 * @param name as users call it: `npm run deploy --`
 * @param print where `--help` goes
 * @param own options beyond the common ones
 * @returns the options, or undefined when help was asked for
 * @throws UsageError with one line that names what is wrong
 */
export function readPlace(
  name: string,
  description: string,
  args: readonly string[],
  print: (text: string) => void,
  own: readonly Option[] = [],
): PlaceOptions | undefined {
  const command = new Command(name)
    .description(description)
    .option('--endpoint <url>', 'AWS endpoint of an engine: http://127.0.0.1:4566', origin)
    .addOption(new Option('--target <name>', 'what answers there').choices(Object.keys(TARGETS)))
    .option('--profile <name>', 'instead of an endpoint: profile of an AWS account')
    .option('--region <name>', 'AWS region', 'us-east-1')
    .option('--outputs <file>', 'the stack’s outputs (default: ".cache/outputs-TARGET.json")')
    .option('--yes', 'do not ask before anything that costs money or destroys data', false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} });
  for (const option of own) command.addOption(option);
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return undefined;
    throw new UsageError(`${error.message.replace(/^error: /, '').replaceAll('\n', ' ')} (see ${name} --help)`);
  }
  const given = command.opts<Given>();
  const place = placeOf(given, name);
  return { place, outputs: given.outputs ?? `.cache/outputs-${place.target}.json`, yes: given.yes, more: command.opts() };
}

function placeOf({ endpoint, target, profile, region }: Given, name: string): Place {
  if ((endpoint === undefined) === (profile === undefined)) {
    throw new UsageError(`Name either an endpoint and its target, or the profile of an account (see ${name} --help)`);
  }
  if (profile !== undefined) {
    if (target !== undefined && target !== 'aws')
      throw new UsageError(`An account is of the target aws, not ${target} (see ${name} --help)`);
    return { kind: 'account', profile, target: 'aws', region };
  }
  if (target === undefined) throw new UsageError(`--target is missing: say what answers at ${endpoint} (see ${name} --help)`);
  return { kind: 'endpoint', endpoint: endpoint as string, target, region };
}

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError('It must be a URL like http://127.0.0.1:4566.');
  return url.origin;
}
