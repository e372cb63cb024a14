import { posix } from 'node:path';
import { isSdkModule, sdkModule } from '../../../sdk/index.ts';
import { builtins } from './builtins.ts';
import type { FunctionCode } from './code.ts';
import { type CompiledModule, compileModule, compileModuleSync, type ModuleObject, resolveInDirectory, SHADOWED } from './compile.ts';
import { type Globals, sandboxGlobals } from './globals.ts';
import type { SandboxHost } from './host.ts';

/** A deployment package, compiled: shared by every instance of every function that has this code. */
export interface Program {
  readonly code: FunctionCode;
  readonly entry: string;
  /** Compiled modules by path; filled as instances load them. */
  readonly modules: Map<string, CompiledModule>;
}

const programs = new Map<string, Promise<Program>>();

/** Compiles the module that holds a handler, once for all instances. */
export function loadProgram(code: FunctionCode, entry: string): Promise<Program> {
  const key = `${code.key}\n${code.sha256}\n${entry}`;
  let program = programs.get(key);
  if (!program) {
    program = compileEntry(code, entry);
    programs.set(key, program);
    program.catch(() => programs.delete(key));
  }
  return program;
}

async function compileEntry(code: FunctionCode, entry: string): Promise<Program> {
  const source = code.read(entry);
  if (!source) throw new Error(`${entry} is not in the function's code.`);
  return { code, entry, modules: new Map([[entry, await compileModule(code, entry, source.toString())]]) };
}

/** Something that a function asked for with `require` or `import` and does not have. */
export class ModuleNotFoundError extends Error {
  readonly code = 'MODULE_NOT_FOUND';
}

/** One function instance's module state: its modules run once, with its own globals. */
export class Sandbox {
  readonly #program: Program;
  readonly #globals: Globals;
  readonly #values: unknown[];
  readonly #modules = new Map<string, ModuleObject>();
  readonly #sdkModules = new Map<string, object>();
  readonly #host: SandboxHost;
  readonly #builtin: (specifier: string) => object | undefined;

  constructor(program: Program, host: SandboxHost) {
    this.#program = program;
    this.#host = host;
    this.#globals = sandboxGlobals(host, (specifier) => this.#require(program.entry, specifier));
    this.#values = SHADOWED.map((name) => this.#globals.values[name]);
    this.#builtin = builtins(host, this.#globals);
  }

  get process(): NodeJS.Process {
    return this.#globals.process;
  }

  /** Runs the entry module and gives its exports back. */
  async load(): Promise<Record<string, unknown>> {
    const { entry, modules } = this.#program;
    const compiled = modules.get(entry);
    if (!compiled) throw new Error(`${entry} is not compiled.`);
    const module: ModuleObject = { exports: {} };
    this.#modules.set(entry, module);
    await this.#run(compiled, entry, module);
    return module.exports as Record<string, unknown>;
  }

  /** Whether the code shows in a stack trace. */
  appearsIn(stack: string): boolean {
    const { code, modules } = this.#program;
    return [...modules.keys()].some((path) => stack.includes(code.locate(path)));
  }

  mapStack(stack: string): string {
    let mapped = stack;
    for (const module of this.#program.modules.values()) mapped = module.mapStack(mapped);
    return mapped;
  }

  #run(compiled: CompiledModule, path: string, module: ModuleObject): unknown {
    const file = `/var/task/${path}`;
    const body = compiled.factory(...this.#values);
    const require = Object.assign((specifier: string) => this.#require(path, specifier), {
      resolve: (specifier: string) => specifier,
      cache: {},
    });
    return body.call(module.exports, module.exports, require, module, file, posix.dirname(file), `file://${file}`);
  }

  #require(from: string, specifier: string): unknown {
    const builtin = this.#builtin(specifier);
    if (builtin) return builtin;
    if (specifier.startsWith('.') || specifier.startsWith('/')) return this.#file(relativePath(from, specifier), specifier, from);
    const { directory } = this.#program.code;
    const own = directory && resolveInDirectory(directory, from, specifier);
    // Resolution climbs out of the asset to the project that synthesized it, where packages are not the function's.
    if (own && directory && own.startsWith(`${directory}/`)) return this.#file(own.slice(directory.length + 1), specifier, from);
    if (isSdkModule(specifier)) return this.#sdk(specifier);
    throw this.#notFound(specifier, from);
  }

  #sdk(specifier: string): object {
    let module = this.#sdkModules.get(specifier);
    if (!module) {
      module = sdkModule(specifier, this.#host.sdk, this.#host.identity);
      this.#sdkModules.set(specifier, module);
    }
    return module;
  }

  #file(path: string, specifier: string, from: string): unknown {
    const { code } = this.#program;
    const file = [path, `${path}.js`, `${path}.cjs`, `${path}.mjs`, `${path}.json`, `${path}/index.js`].find(
      (candidate) => this.#modules.has(candidate) || code.read(candidate),
    );
    if (file === undefined) throw this.#notFound(specifier, from);
    const loaded = this.#modules.get(file);
    if (loaded) return loaded.exports;
    const module: ModuleObject = { exports: {} };
    this.#modules.set(file, module);
    const source = code.read(file)?.toString() ?? '';
    if (file.endsWith('.json')) {
      module.exports = JSON.parse(source);
      return module.exports;
    }
    let compiled = this.#program.modules.get(file);
    if (!compiled) {
      compiled = compileModuleSync(code, file, source);
      this.#program.modules.set(file, compiled);
    }
    this.#run(compiled, file, module);
    return module.exports;
  }

  #notFound(specifier: string, from: string): ModuleNotFoundError {
    return new ModuleNotFoundError(
      `Cannot find module '${specifier}' imported from /var/task/${from}. Bundle it with function '${this.#host.functionName}'; ` +
        'only the AWS SDK (@aws-sdk/*, @smithy/*) is there without being bundled.',
    );
  }
}

function relativePath(from: string, specifier: string): string {
  const absolute = specifier.startsWith('/') ? specifier : posix.join('/var/task', posix.dirname(from), specifier);
  return absolute.replace(/^\/var\/task\//, '');
}
