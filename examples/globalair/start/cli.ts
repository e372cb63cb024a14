import { ListenError } from 'millrace/local';
import { DatasetMissingError } from '../flights/dataset.ts';
import { readOptions, UsageError } from './options.ts';
import { run } from './run.ts';
import { curlLines, reportTable } from './table.ts';

/** Nothing to be done about it here: the user has to change something. One line, exit code 2. */
function isUsers(error: unknown): error is Error {
  return error instanceof UsageError || error instanceof DatasetMissingError || error instanceof ListenError;
}

/**
 * `npm start`: runs GlobalAir on the local cloud.
 *
 * @returns the exit code: 0, 1 when a count does not agree, 2 when it could not be run as asked
 */
export async function main(args: readonly string[]): Promise<number> {
  // What this process itself measures as a producer would only be noise between its lines.
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  try {
    const options = readOptions(args, (text) => process.stdout.write(text));
    if (!options) return 0;
    const say = (line: string): void => {
      (options.json ? process.stderr : process.stdout).write(`${line}\n`);
    };
    const { report, verdict, serving, example, stop } = await run(options, say);
    say(reportTable(report, verdict));
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    const agrees = verdict.every((check) => check.holds);
    if (!options.once) {
      say(`\nTry:\n${curlLines(`${serving.api.url}/v1`, serving.aws.url, example)}\n\nServing until Ctrl-C.`);
      await interrupted();
      say('Stopping.');
    }
    await stop();
    return agrees ? 0 : 1;
  } catch (error) {
    if (!isUsers(error)) throw error;
    const remedy = error instanceof ListenError ? ' The options are --port and --aws-port.' : '';
    process.stderr.write(`${error.message}${remedy}\n`);
    return 2;
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
