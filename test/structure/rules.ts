import { dirname, join, normalize } from 'node:path/posix';
import { importsOf } from './imports.ts';

/** A folder and the folders that its code may import from, its own included. */
export interface Layer {
  readonly folder: string;
  readonly may: readonly string[];
  readonly why: string;
}

/** An import that a rule forbids. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly imports: string;
  readonly why: string;
}

/** Sources by their path from the root of the repository. */
export type Sources = ReadonlyMap<string, string>;

/**
 * Dependencies point one way: bin → lib, local → lambdas/runtime → lambdas/contracts. Of several layers that hold a file, the deepest counts.
 */
export const LAYERS: readonly Layer[] = [
  { folder: 'lambdas/contracts', may: ['lambdas/contracts'], why: 'contracts are what everything else is built on' },
  { folder: 'lambdas/runtime', may: ['lambdas/contracts', 'lambdas/runtime'], why: 'the runtime is bundled into functions' },
  { folder: 'lambdas/handlers', may: ['lambdas'], why: 'handlers run in functions, where constructs and the local cloud are not' },
  { folder: 'lib', may: ['lib', 'lambdas'], why: 'constructs never ask where they run' },
  { folder: 'local/kernel', may: ['local/kernel'], why: 'everything in the local cloud meets in the kernel' },
  { folder: 'local', may: ['local', 'lambdas'], why: 'the local cloud knows templates, not the constructs that made them' },
  { folder: 'examples', may: ['examples', 'lib', 'local', 'lambdas'], why: 'examples use the kit as its users do' },
  { folder: 'bin', may: ['bin', 'examples', 'lib', 'local', 'lambdas'], why: 'nothing shipped needs tests or benchmarks' },
];

/** Where one folder's children never import each other; its own files put them together. */
export const SIBLINGS = { folder: 'local/services', why: 'services meet in the kernel' };

/** Packages that must not reach the code of functions. */
const CONSTRUCTS_ONLY = /^(?:aws-cdk-lib|constructs|cdk-nag)(?:\/|$)/;

/**
 * Every import that breaks a rule.
 *
 * @param packageFolders where the package's own names lead: `millrace/runtime` → `lambdas/runtime/index.ts`
 */
export function violations(sources: Sources, packageFolders: ReadonlyMap<string, string>): Violation[] {
  const found: Violation[] = [];
  for (const [file, source] of sources) {
    for (const { specifier, line } of importsOf(source)) {
      const target = resolve(file, specifier, packageFolders);
      const why = target === undefined ? forbiddenPackage(file, specifier) : forbiddenFile(file, target);
      if (why !== undefined) found.push({ file, line, imports: target ?? specifier, why });
    }
  }
  return found;
}

/** Relative imports that lead to no file: the finder of imports has misread something. */
export function dangling(sources: Sources, exists: (file: string) => boolean): string[] {
  return [...sources].flatMap(([file, source]) =>
    importsOf(source)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => normalize(join(dirname(file), specifier)))
      .filter((target) => !exists(target))
      .map((target) => `${file} → ${target}`),
  );
}

/** The repository's own file that an import leads to; undefined for packages and Node's modules. */
function resolve(file: string, specifier: string, packageFolders: ReadonlyMap<string, string>): string | undefined {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : packageFolders.get(specifier);
}

function forbiddenFile(file: string, target: string): string | undefined {
  const layer = LAYERS.filter(({ folder }) => within(file, folder)).sort((a, b) => b.folder.length - a.folder.length)[0];
  if (layer && !layer.may.some((folder) => within(target, folder)))
    return `${layer.folder} may import ${layer.may.join(', ')}: ${layer.why}`;
  const [own, other] = [childOf(file), childOf(target)];
  if (own !== undefined && other !== undefined && own !== other)
    return `${SIBLINGS.folder}/${own} may not import another service: ${SIBLINGS.why}`;
  return undefined;
}

function forbiddenPackage(file: string, specifier: string): string | undefined {
  return within(file, 'lambdas') && CONSTRUCTS_ONLY.test(specifier) ? 'functions carry no constructs' : undefined;
}

/** The folder of a service that a file is in. */
function childOf(file: string): string | undefined {
  if (!within(file, SIBLINGS.folder)) return undefined;
  const parts = file.slice(SIBLINGS.folder.length + 1).split('/');
  return parts.length > 1 ? parts[0] : undefined;
}

function within(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}
