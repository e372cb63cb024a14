import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TARGET_CONTEXT } from '../../lib/targets/target.ts';
import { describePlace, environmentFor, type Place } from './place.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Everything that scripts leave behind; not part of the repository. */
export const CACHE = join(ROOT, '.cache');

/** No command takes longer, unless the other side hangs. */
const LIMIT_MS = 15 * 60_000;

/**
 * Runs the CDK's CLI, the version that the package pins, on a place. Its assembly goes to a folder of the place's own, so that several
 * deployments can be made at once.
 *
 * @param log file that takes what it says. @default the terminal
 * @throws Error when it fails
 */
export async function cdk(place: Place, command: readonly string[], log?: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const cli = join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');
  const where = place.kind === 'endpoint' ? new URL(place.endpoint).port : place.profile;
  mkdirSync(CACHE, { recursive: true });
  const output = join(CACHE, `cdk.out-${place.target}-${where}`);
  // What these scripts deploy is for a while: destroying it leaves nothing behind.
  const context = ['-c', `${TARGET_CONTEXT}=${place.target}`, '-c', 'millrace:stage=dev'];
  const args = [cli, ...command, ...context, '--output', output, '--no-notices', '--ci'];
  const sink = log === undefined ? undefined : openSync(log, 'a');
  try {
    const ended = await new Promise<string>((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        cwd: ROOT,
        env: environmentFor(place),
        stdio: ['ignore', sink ?? 'inherit', sink ?? 'inherit'],
        timeout: LIMIT_MS,
      });
      child.once('error', reject);
      child.once('close', (status, signal) => resolve(signal ?? String(status)));
    });
    if (ended !== '0') {
      throw new Error(`cdk ${command[0]} on ${describePlace(place)} ended with ${ended}${log === undefined ? '' : `; see ${log}`}.`);
    }
  } finally {
    if (sink !== undefined) closeSync(sink);
  }
}
