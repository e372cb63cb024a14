import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Problems } from './check.ts';

/** The part of a package.json that says what comes with the package. */
export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** `from 'x'` and `import('x')` of declarations as the compiler writes them. */
const DECLARED_IMPORT = /^(?:import|export)\s(?:[^;'"]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm;
/** Modules that are loaded when first needed, by a `require` of the module's own. */
const LATE_REQUIRE = /\b(?:\w*[rR]equire|createRequire\(import\.meta\.url\))\(['"]([^'"]+)['"]\)/g;

/**
 * What is wrong between what a package's files import and what it says it depends on: what is imported and not declared, and what is declared
 * and named nowhere.
 *
 * @param root folder of the package
 * @param files its JavaScript and declarations, without bundles
 */
export async function dependencyProblems(root: string, files: readonly string[], manifest: Manifest): Promise<Problems> {
  const imported = await importsOf(root, files);
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  const missing = [...imported]
    .filter(([name]) => name !== manifest.name && declared[name] === undefined && declared[typesOf(name)] === undefined)
    .map(([name, file]) => `${file} imports ${name}, which is neither a dependency nor a peer.`);
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'));
  const idle = Object.keys(manifest.dependencies ?? {})
    .filter((name) => !imported.has(name) && !imported.has(name.replace(/^@types\//, '')))
    .filter((name) => !texts.some((text) => text.includes(`'${name}'`)))
    .map((name) => `The dependency ${name} is named nowhere in the package.`);
  return [...missing, ...idle];
}

/** Packages that are imported, each with one of the files that do. */
async function importsOf(root: string, files: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const note = (specifier: string | undefined, file: string): void => {
    const name = specifier === undefined ? undefined : packageOf(specifier);
    if (name !== undefined && !found.has(name)) found.set(name, file);
  };
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, first, second] of text.matchAll(file.endsWith('.d.ts') ? DECLARED_IMPORT : LATE_REQUIRE)) note(first ?? second, file);
  }
  const scripts = files.filter((file) => file.endsWith('.js'));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: scripts,
    outdir: 'unused',
    write: false,
    bundle: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    for (const { path, external } of imports) if (external) note(path, file);
  }
  return found;
}

/** `@scope/name` of `@scope/name/part`; undefined for what is no package. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('node:')) return undefined;
  const [first = '', second = ''] = specifier.split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return builtinModules.includes(name) ? undefined : name;
}

/** `@types/scope__name`. */
function typesOf(name: string): string {
  return `@types/${name.replace(/^@/, '').replace('/', '__')}`;
}
