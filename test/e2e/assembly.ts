import { synthesize } from '../../examples/globalair/start/synthesize.ts';

let directory: string | undefined;

/** The assembly of GlobalAir, synthesized once for a test file. */
export function globalAirAssembly(): string {
  if (directory === undefined) {
    const assembly = synthesize();
    directory = assembly.directory;
    process.once('exit', assembly.remove);
  }
  return directory;
}
