import { createRequire, SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { type TransformOptions, transform, transformSync } from 'esbuild';
import type { FunctionCode } from './code.ts';

/** The globals that the sandbox gives to code in place of Node's, in the order the compiled factory takes them. */
export const SHADOWED = [
  'globalThis',
  'global',
  'Date',
  'Math',
  'Intl',
  'crypto',
  'performance',
  'process',
  'console',
  'fetch',
  'AbortSignal',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'WebSocket',
  'EventSource',
] as const;
export type Shadowed = (typeof SHADOWED)[number];

const META = { 'import.meta.url': '__importMetaUrl', 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname' };

export interface ModuleObject {
  exports: unknown;
}

/** Runs the module once with the given globals; a promise when the module awaits at its top level. */
export type ModuleBody = (
  exports: unknown,
  require: (specifier: string) => unknown,
  module: ModuleObject,
  filename: string,
  directory: string,
  importMetaUrl: string,
) => unknown;

export interface CompiledModule {
  /** Called once per function instance with the values of {@link SHADOWED}. */
  readonly factory: (...globals: unknown[]) => ModuleBody;
  /** Rewrites the positions in a stack trace to those of the original sources, where a source map tells them. */
  mapStack(stack: string): string;
}

/** Compiles a module of a deployment package. ES modules become CommonJS; line numbers are mapped back by {@link CompiledModule.mapStack}. */
export async function compileModule(code: FunctionCode, path: string, source: string): Promise<CompiledModule> {
  const options = transformOptions(code, path);
  const input = withInlineMap(code, path, source);
  try {
    return finish(
      code,
      path,
      (await transform(input, options)).code,
      false,
      () => transformSync(input, { ...options, sourcemap: 'external' }).map,
    );
  } catch (error) {
    if (!isTopLevelAwait(error)) throw syntaxError(error);
    const { code: esm } = await transform(input, { ...options, format: 'esm' });
    return finish(code, path, staticImportsAsCalls(esm), true, () => undefined);
  }
}

/** The same for code that is loaded by `require` while a function runs, which can't wait. */
export function compileModuleSync(code: FunctionCode, path: string, source: string): CompiledModule {
  const isModule = path.endsWith('.mjs') || /^\s*(import|export)\b/m.test(source);
  if (!isModule) return finish(code, path, source, false, () => undefined);
  const options = transformOptions(code, path);
  try {
    return finish(code, path, transformSync(source, options).code, false, () => undefined);
  } catch (error) {
    throw syntaxError(error);
  }
}

function transformOptions(code: FunctionCode, path: string): TransformOptions {
  return {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    loader: 'js',
    define: META,
    supported: { 'dynamic-import': false },
    sourcefile: code.locate(path),
    logLevel: 'silent',
    charset: 'utf8',
  };
}

function finish(code: FunctionCode, path: string, javascript: string, awaits: boolean, map: () => string | undefined): CompiledModule {
  const filename = code.locate(path);
  const head = `return ${awaits ? 'async ' : ''}function(exports,require,module,__filename,__dirname,__importMetaUrl){`;
  const factory = compileFunction(`${head}${javascript}\n}`, [...SHADOWED], {
    filename,
    columnOffset: -head.length,
  }) as CompiledModule['factory'];
  let sourceMap: SourceMap | null | undefined;
  return {
    factory,
    mapStack(stack) {
      if (!stack.includes(filename)) return stack;
      if (sourceMap === undefined) {
        const text = map();
        sourceMap = text ? new SourceMap(JSON.parse(text)) : null;
      }
      return sourceMap ? mapPositions(stack, filename, sourceMap) : stack;
    },
  };
}

function mapPositions(stack: string, filename: string, map: SourceMap): string {
  const position = new RegExp(`${filename.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}:(\\d+):(\\d+)`, 'g');
  return stack.replace(position, (original, line: string, column: string) => {
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry) || !entry.originalSource) return original;
    const source = resolve(dirname(filename), entry.originalSource.replace(/^file:\/\//, ''));
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** esbuild reads a source map that is inside the code; bundles often have theirs beside it. */
function withInlineMap(code: FunctionCode, path: string, source: string): string {
  const comment = /\n\/\/# sourceMappingURL=([^\s]+\.map)\s*$/.exec(source);
  const map = comment?.[1] ? code.read([...path.split('/').slice(0, -1), comment[1]].join('/')) : undefined;
  if (!comment || !map) return source;
  return `${source.slice(0, comment.index)}\n//# sourceMappingURL=data:application/json;base64,${map.toString('base64')}\n`;
}

function isTopLevelAwait(error: unknown): boolean {
  return error instanceof Error && /Top-level await/i.test(error.message);
}

function syntaxError(error: unknown): Error {
  const message = error instanceof Error ? error.message.replace(/^Transform failed with \d+ errors?:\n/, '') : String(error);
  return Object.assign(new SyntaxError(message), { cause: error });
}

/**
 * Rewrites the static imports and the exports of a module that awaits at its top level, for which CommonJS has no form.
 * It works on code that esbuild has just printed, whose statements start a line and have a few known shapes. Imports are
 * hoisted, as they are in an ES module.
 */
function staticImportsAsCalls(esm: string): string {
  const imports: string[] = [];
  const exported: string[] = [];
  const body = esm
    .replace(/^import (?:([^"';]+?) from )?"([^"\n]+)";$/gm, (_all, clause: string | undefined, specifier: string) => {
      imports.push(importStatement(clause, JSON.stringify(specifier)));
      return '';
    })
    .replace(/^export \{([^}]*)\};$/gm, (_all, names: string) => {
      for (const name of names.split(',').map((part) => part.trim())) {
        if (!name) continue;
        const [local, alias] = name.split(' as ');
        exported.push(`get ${alias ?? local}(){return ${local}}`);
      }
      return '';
    })
    .replace(/^export ((?:const|let|var|class|function\*?|async function\*?) ([\w$]+))/gm, (_all, declaration: string, name: string) => {
      exported.push(`get ${name}(){return ${name}}`);
      return declaration;
    })
    .replace(/^export default /gm, 'module.exports.default=');
  const interop =
    'const __import=(specifier)=>{const value=require(specifier);return value&&value.__esModule?value:{...value,default:value}};';
  return `"use strict";${interop}${imports.join('')}module.exports={${exported.join(',')},__esModule:true};${body}`;
}

function importStatement(clause: string | undefined, specifier: string): string {
  if (!clause) return `require(${specifier});`;
  const parts = /^(?:([\w$]+)(?:,\s*)?)?(?:\* as ([\w$]+)|\{([^}]*)\})?$/.exec(clause.trim());
  const statements: string[] = [];
  if (parts?.[1]) statements.push(`const ${parts[1]}=__import(${specifier}).default;`);
  if (parts?.[2]) statements.push(`const ${parts[2]}=__import(${specifier});`);
  if (parts?.[3]) statements.push(`const {${parts[3].replace(/ as /g, ':').replace(/\s+/g, '')}}=__import(${specifier});`);
  return statements.join('');
}

/** Resolves packages inside a deployment package that has its own `node_modules`. */
export function resolveInDirectory(directory: string, from: string, specifier: string): string | undefined {
  try {
    return createRequire(resolve(directory, from)).resolve(specifier);
  } catch {
    return undefined;
  }
}
