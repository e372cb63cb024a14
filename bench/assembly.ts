import { synthesize } from '../examples/globalair/start/synthesize.ts';

let directory: string | undefined;

/** The assembly of GlobalAir, synthesized once; it stays until the process ends, since handlers are read from it when first called. */
export function globalAir(): string {
  if (directory === undefined) {
    const assembly = synthesize();
    directory = assembly.directory;
    process.once('exit', assembly.remove);
  }
  return directory;
}
