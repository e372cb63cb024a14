import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TARGET_CONTEXT } from '../../lib/targets/target.ts';
import { describePlace, environmentFor, type Place } from './place.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs the CDK's CLI, the version that the package pins, on a place. Its assembly goes to a folder of the place's own, so that several
 * deployments can be made at once.
 *
 * @throws Error when it fails; what it said has been shown
 */
export async function cdk(place: Place, command: readonly string[]): Promise<void> {
  const require = createRequire(import.meta.url);
  const cli = join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');
  const where = place.kind === 'endpoint' ? new URL(place.endpoint).port : place.profile;
  const output = join('.cache', `cdk.out-${place.target}-${where}`);
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const args = [cli, ...command, '-c', `${TARGET_CONTEXT}=${place.target}`, '--output', output, '--no-notices', '--ci'];
  const status = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env: environmentFor(place), stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`cdk ${command[0]} on ${describePlace(place)} ended with ${status ?? 'a signal'}.`);
}
