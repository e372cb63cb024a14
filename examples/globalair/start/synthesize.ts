import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { GlobalAirStack } from '../stack.ts';

/** Context under which the local cloud wants its assemblies: what the CDK's CLI sets, and functions without the SDK. */
export const LOCAL_CONTEXT = {
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:enable-path-metadata': true,
  'millrace:aws-sdk': 'runtime',
} as const;

/** Synthesizes GlobalAir for the local cloud. @returns the assembly's folder, and what removes it */
export function synthesize(): { readonly directory: string; remove(): void } {
  // Validating the template against CloudFormation's schemas takes longer than everything else here; `npx cdk synth` does it.
  process.env.CDK_VALIDATION ??= 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'globalair-'));
  const app = new App({ outdir, context: LOCAL_CONTEXT, analyticsReporting: false });
  new GlobalAirStack(app, 'GlobalAir');
  return { directory: app.synth().directory, remove: () => rmSync(outdir, { recursive: true, force: true }) };
}
