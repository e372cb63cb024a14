import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../lib/function/bundle.ts';
import { SOURCE_CONDITION } from '../lib/function/shipped-handler.ts';

/** Builds the package: JavaScript and declarations of lib, lambdas and local, and the handlers that constructs ship, bundled. */

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
compile();
for (const file of filesOf(dist)) if (file.endsWith('.d.ts')) useJavaScriptPaths(file);
for (const name of readdirSync(join(root, 'lambdas/handlers'))) shipHandler(name);

function compile(): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** The compiler leaves `.ts` in the import paths of declarations; what lies beside them is JavaScript. */
function useJavaScriptPaths(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from|import)\s*\(?\s*['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2'));
}

/** Two bundles of each: with the AWS SDK inside, and for the copy that the runtime has. */
function shipHandler(name: string): void {
  const entry = join(root, 'lambdas/handlers', name, 'index.ts');
  const options = { entry, minify: true, sourceMap: false, external: [], define: {}, conditions: [SOURCE_CONDITION] } as const;
  for (const sdk of ['bundled', 'runtime'] as const) {
    const { directory, bytes } = bundle({ ...options, sdk });
    cpSync(directory, join(dist, 'handlers', name, sdk), { recursive: true });
    console.log(`handlers/${name}, SDK ${sdk === 'bundled' ? 'inside' : 'outside'}: ${Math.round(bytes / 1024)} kB`);
  }
}

function filesOf(directory: string): string[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesOf(path) : [path]));
}
