import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Esbuild from 'esbuild';

let esbuild: typeof Esbuild | undefined;

/**
 * esbuild as the user's project has it, so that the project decides on its version; else the kit's own.
 * @throws Error when neither has it
 */
export function loadEsbuild(): typeof Esbuild {
  if (esbuild) return esbuild;
  const places = [join(process.cwd(), 'package.json'), import.meta.url];
  for (const place of places) {
    const require = createRequire(place);
    let path: string;
    try {
      path = require.resolve('esbuild');
    } catch {
      continue;
    }
    esbuild = require(path) as typeof Esbuild;
    return esbuild;
  }
  throw new Error('esbuild, which bundles handlers, is not installed. Add it to the project: npm install --save-dev esbuild');
}
