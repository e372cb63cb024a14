import type { Problems } from './check.ts';

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** What `npm pack --json` says of a tarball. */
export interface Tarball {
  readonly filename: string;
  /** In bytes, as it is downloaded. */
  readonly size: number;
  readonly files: readonly PackedFile[];
}

export const LARGEST_BYTES = 5_000_000;

/** All that users are sent: JavaScript and declarations of the four parts, and bundles of the handlers that constructs ship. */
const WANTED = [
  /^(?:package\.json|README\.md|LICENSE)$/,
  /^dist\/(?:lib|lambdas|local)\/.+\.(?:js|d\.ts)$/,
  /^dist\/handlers\/[^/]+\/(?:bundled|runtime)\/index\.mjs$/,
];
const TEST = /\.(?:test|spec|bench)\.|(?:^|\/)(?:__tests__|fixtures)\//;

export function sizeProblems({ size }: Tarball): Problems {
  return size < LARGEST_BYTES ? [] : [`It has ${size} bytes; ${LARGEST_BYTES} are too many.`];
}

export function fileProblems({ files }: Tarball): Problems {
  return files
    .filter(({ path }) => !WANTED.some((wanted) => wanted.test(path)) || TEST.test(path))
    .map(({ path }) => `${path} is not for users.`);
}

/** @param handlers names of the handlers that constructs ship */
export function handlerProblems({ files }: Tarball, handlers: readonly string[]): Problems {
  const paths = new Set(files.map(({ path }) => path));
  return handlers
    .flatMap((name) => ['bundled', 'runtime'].map((form) => `dist/handlers/${name}/${form}/index.mjs`))
    .filter((path) => !paths.has(path))
    .map((path) => `${path} is missing.`);
}
