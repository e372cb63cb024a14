import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DATASET_SIZES, type DatasetSize } from '../flights/dataset.ts';

export interface StartOptions {
  readonly once: boolean;
  readonly flights: DatasetSize;
  readonly bookings: number;
  readonly port: number;
  readonly awsPort: number;
  readonly seed: number;
  readonly json: boolean;
}

/** A command line that can't be run: one line for the user, exit code 2. */
export class UsageError extends Error {
  readonly code = 'Usage';
}

/**
 * Reads the command line of `npm start`.
 *
 * @param print where `--help` goes
 * @returns the options, or undefined when help was asked for
 * @throws UsageError with one line that names the option and what is wrong with it
 */
export function readOptions(args: readonly string[], print: (text: string) => void): StartOptions | undefined {
  const command = new Command('npm start --')
    .description('GlobalAir, an airline, runs on the local cloud: real flights, real bookings, the real handlers.')
    .option('--once', 'exit after the table: 0 only if all counts agree', false)
    .addOption(new Option('--flights <size>', 'how many flight records to ingest').choices(DATASET_SIZES).default('2k'))
    .option('--bookings <n>', 'how many bookings to make', wholeNumber(0, 1_000_000), 100)
    .option('--port <port>', 'port of the API', wholeNumber(0, 65_535), 3000)
    .option('--aws-port <port>', 'port of the AWS endpoint', wholeNumber(0, 65_535), 4566)
    .option('--seed <n>', 'seed of the bookings', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--json', 'one JSON document on stdout, all else on stderr', false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return undefined;
    throw new UsageError(`${error.message.replace(/^error: /, '').replaceAll('\n', ' ')} (see npm start -- --help)`);
  }
  return command.opts<StartOptions>();
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
