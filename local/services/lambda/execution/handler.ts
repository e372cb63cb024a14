import { type FunctionCode, ModuleNotFoundError } from '../sandbox/index.ts';

/** An invocation that failed before the handler ran, under the name that Lambda's runtime gives it. */
export class RuntimeError extends Error {
  constructor(name: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
    if (cause instanceof Error && cause.stack) this.stack = cause.stack;
  }
}

export interface HandlerName {
  /** Path of the module without its extension. */
  readonly module: string;
  /** Names to follow from its exports. */
  readonly members: readonly string[];
}

/** Parts `dir/index.handler`. */
export function parseHandler(handler: string): HandlerName {
  const slash = handler.lastIndexOf('/') + 1;
  const [file, ...members] = handler.slice(slash).split('.');
  if (!file || members.length === 0) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  return { module: handler.slice(0, slash) + file, members };
}

/** The file that holds the handler. */
export function entryOf(code: FunctionCode, name: HandlerName): string {
  const entry = ['.js', '.mjs', '.cjs'].map((extension) => name.module + extension).find((path) => code.read(path));
  if (entry) return entry;
  throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${name.module.split('/').at(-1)}'`);
}

export type Handler = (event: unknown, context: object, callback?: (error: unknown, result?: unknown) => void) => unknown;

export function findHandler(exports: Record<string, unknown>, handler: string, runtime: string): Handler {
  let found: unknown = exports;
  for (const member of parseHandler(handler).members) {
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[member] : undefined;
  }
  // An ES module's default export, as Node offers it for CommonJS: `export default { handler }`.
  if (found === undefined && typeof exports.default === 'object')
    return findHandler(exports.default as Record<string, unknown>, handler, runtime);
  if (found === undefined) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (found.length >= 3 && !acceptsCallbacks(runtime)) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function ' +
        'to use a supported handler signature to use Node.js 24 or later.',
    );
  }
  return found as Handler;
}

/** Callback handlers ended with Node.js 22. */
export function acceptsCallbacks(runtime: string): boolean {
  const major = /^nodejs(\d+)/.exec(runtime)?.[1];
  return major === undefined || Number(major) < 24;
}

/** An error of the init phase, named as Lambda's runtime names it. */
export function initError(error: unknown): unknown {
  if (error instanceof ModuleNotFoundError) return new RuntimeError('Runtime.ImportModuleError', `Error: ${error.message}`, error);
  if (error instanceof SyntaxError) return new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, error);
  return error;
}
