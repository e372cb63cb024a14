import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';

/** Context under which the local cloud wants its assemblies: what the CDK's CLI sets, and functions without the SDK. */
const LOCAL_CONTEXT = {
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:enable-path-metadata': true,
  'millrace:aws-sdk': 'runtime',
} as const;

export interface LocalAssembly {
  /** For `LocalCloud.fromAssembly`. */
  readonly directory: string;
  /** Removes it. */
  remove(): void;
}

/**
 * Synthesizes stacks for the local cloud, into a folder of their own.
 *
 * @param build makes the stacks in the app that it is given
 * @param context more context for the app
 * @example
 * const assembly = synthesizeLocally((app) => new BookingStack(app, 'Bookings'));
 * const cloud = await LocalCloud.fromAssembly(assembly.directory);
 */
export function synthesizeLocally(build: (app: App) => void, context: Readonly<Record<string, unknown>> = {}): LocalAssembly {
  // Validating the template against CloudFormation's schemas takes longer than everything else here; `cdk synth` does it.
  const validation = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION ??= 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'millrace-assembly-'));
  try {
    const app = new App({ outdir, context: { ...LOCAL_CONTEXT, ...context }, analyticsReporting: false });
    build(app);
    return { directory: app.synth().directory, remove: () => rmSync(outdir, { recursive: true, force: true }) };
  } catch (error) {
    rmSync(outdir, { recursive: true, force: true });
    throw error;
  } finally {
    if (validation === undefined) delete process.env.CDK_VALIDATION;
  }
}
