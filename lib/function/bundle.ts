import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { loadEsbuild } from './esbuild.ts';

export interface BundleOptions {
  /** Absolute path of the entry point. */
  readonly entry: string;
  /** `bundled`: a fixed, tree-shaken copy of the AWS SDK; `runtime`: the one that Lambda's runtime has. */
  readonly sdk: 'bundled' | 'runtime';
  readonly minify: boolean;
  readonly sourceMap: boolean;
  /** Modules left out of the bundle. */
  readonly external: readonly string[];
  /** Extra package export conditions. */
  readonly conditions: readonly string[];
  /** Replacements of global identifiers, as esbuild's `define`. */
  readonly define: Readonly<Record<string, string>>;
}

export interface Bundle {
  /** Directory with `index.mjs` and, when asked for, its source map. */
  readonly directory: string;
  /** Hash of the output: the same code is the same asset, whatever machine made it. */
  readonly hash: string;
  /** Bytes of `index.mjs`. */
  readonly bytes: number;
  /** Names that the module exports; those of a star export from an `external` module are not among them. */
  readonly exports: readonly string[];
}

/** CommonJS modules inside the SDK call `require` for Node's own modules, which an ES module does not have. */
const REQUIRE_BANNER = "import{createRequire as __millraceRequire}from'node:module';const require=__millraceRequire(import.meta.url);";

/** Node versions older than the runtime's run the bundles too: local clouds use the machine's own. */
const TARGET = 'node20';

interface CachedBundle {
  readonly bundle: Bundle;
  readonly inputs: ReadonlyMap<string, string>;
}
const cache = new Map<string, CachedBundle>();
let root: string | undefined;

/**
 * Bundles a handler into one ES module, in process and at once.
 *
 * The output does not depend on where the project lies. A bundle is made once a process, unless one of its sources has changed since.
 * @throws Error with esbuild's own messages (file, line, text) when the code cannot be bundled
 */
export function bundle(options: BundleOptions): Bundle {
  const key = JSON.stringify(options);
  const cached = cache.get(key);
  if (cached && [...cached.inputs].every(([path, stamp]) => stampOf(path) === stamp)) return cached.bundle;

  const base = dirname(options.entry);
  const built = loadEsbuild().buildSync({
    absWorkingDir: base,
    entryPoints: [basename(options.entry)],
    outfile: 'index.mjs',
    write: false,
    bundle: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    mainFields: ['module', 'main'],
    conditions: [...options.conditions, 'module'],
    external: [...(options.sdk === 'runtime' ? ['@aws-sdk/*', '@smithy/*'] : []), ...options.external],
    define: { ...options.define },
    ...(options.sdk === 'bundled' ? { banner: { js: REQUIRE_BANNER } } : {}),
    minify: options.minify,
    sourcemap: options.sourceMap ? 'linked' : false,
    sourcesContent: false,
    treeShaking: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
  });

  const hash = createHash('sha256');
  for (const file of built.outputFiles) hash.update(basename(file.path)).update('\0').update(file.contents).update('\0');
  const digest = hash.digest('hex');
  const directory = join(outputRoot(), digest);
  mkdirSync(directory, { recursive: true });
  for (const file of built.outputFiles) writeFileSync(join(directory, basename(file.path)), file.contents);
  const code = built.outputFiles.find((file) => file.path.endsWith('index.mjs'));

  const exports = built.metafile.outputs['index.mjs']?.exports ?? [];
  const result: Bundle = { directory, hash: digest, bytes: code?.contents.byteLength ?? 0, exports };
  const inputs = new Map(
    Object.keys(built.metafile.inputs)
      .map((path) => resolve(base, path))
      .map((path) => [path, stampOf(path)]),
  );
  cache.set(key, { bundle: result, inputs });
  return result;
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs}:${stats.size}` : 'absent';
}

/** Bundles wait here until the CDK has copied them into its assembly; gone with the process. */
function outputRoot(): string {
  if (root === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'millrace-bundles-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    root = made;
  }
  return root;
}
