import { accountOf, isBootstrapped } from './account.ts';
import { cdk } from './cdk.ts';
import { outputsFile, STACK } from './outputs.ts';
import type { Place } from './place.ts';

/**
 * Deploys GlobalAir, bootstrapping first where that has not been done.
 *
 * @param outputs file for the stack's outputs
 * @param log file that takes what the CDK says. @default the terminal
 */
export async function deploy(place: Place, outputs: string, log?: string): Promise<void> {
  if (!(await isBootstrapped(place))) await cdk(place, ['bootstrap', `aws://${await accountOf(place)}/${place.region}`], log);
  const file = outputsFile(outputs);
  await cdk(place, ['deploy', STACK, '--require-approval', 'never', '--progress', 'events', '--outputs-file', file], log);
}

/** Takes GlobalAir away again, with its data. */
export async function destroy(place: Place, log?: string): Promise<void> {
  await cdk(place, ['destroy', STACK, '--force'], log);
}
