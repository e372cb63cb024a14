import { UsageError } from './command-line.ts';

/**
 * Runs a script's work and sets the exit code: what the work says, 2 for what only the user can mend, 1 for a failure; both in one line.
 */
export async function script(work: (args: readonly string[]) => Promise<number>): Promise<void> {
  // Where users look, the SDK's advice about the next version of Node is noise.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  try {
    process.exitCode = await work(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    if (process.env.DEBUG) process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
