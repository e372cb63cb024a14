import { builtinModules, createRequire } from 'node:module';
import * as nodeOs from 'node:os';
import { promisify } from 'node:util';
import * as nodeZlib from 'node:zlib';
import { fileSystem } from './files.ts';
import type { Globals } from './globals.ts';
import { SandboxError, type SandboxHost } from './host.ts';
import { httpModule } from './http.ts';
import { cryptoModule } from './random.ts';

const nodeRequire = createRequire(import.meta.url);
const known = new Set(builtinModules);

/** Modules whose functions leave the process. Loading them is harmless (SDKs do); calling them is refused. */
const REFUSED: Readonly<Record<string, string>> = {
  child_process: 'Start no processes in a handler; use a function, a container or a state machine for the other work.',
  cluster: 'Lambda runs one invocation per process; let it scale.',
  dgram: 'Use an AWS service, or fetch, which the local cloud answers.',
  dns: 'Names are resolved by AWS clients and fetch, which the local cloud answers.',
  'dns/promises': 'Names are resolved by AWS clients and fetch, which the local cloud answers.',
  http2: 'Use fetch, node:https or an AWS client, which the local cloud answers.',
  inspector: 'Attach the debugger to the local cloud itself.',
  net: 'Use fetch, node:https or an AWS client, which the local cloud answers.',
  repl: 'There is no terminal in a function.',
  tls: 'Use fetch, node:https or an AWS client, which the local cloud answers.',
  worker_threads: 'Threads have a clock of their own; use another function, or do the work in this one.',
};

/** Answers `require` of Node's own modules for one function instance. Modules are made when first asked for. */
export function builtins(host: SandboxHost, globals: Globals): (specifier: string) => object | undefined {
  const made = new Map<string, object>();
  return (specifier) => {
    const name = specifier.replace(/^node:/, '');
    if (!known.has(name) && !specifier.startsWith('node:')) return undefined;
    let module = made.get(name);
    if (!module) {
      module = make(name, host, globals);
      made.set(name, module);
    }
    return module;
  };
}

function make(name: string, host: SandboxHost, globals: Globals): object {
  const advice = REFUSED[name];
  if (advice) return refused(name, host, advice);
  switch (name) {
    case 'console':
      return Object.assign(Object.create(globals.console) as object, { Console: nodeRequire('node:console').Console });
    case 'crypto':
      return cryptoModule(host, globals.crypto);
    case 'fs':
      return fileSystem(host);
    case 'fs/promises':
      return fileSystem(host).promises;
    case 'http':
      return httpModule(host, 'http:');
    case 'https':
      return httpModule(host, 'https:');
    case 'module':
      return { ...nodeRequire('node:module'), createRequire: () => globals.require };
    case 'os':
      return operatingSystem(host);
    case 'perf_hooks':
      return { ...nodeRequire('node:perf_hooks'), performance: globals.performance };
    case 'process':
      return globals.process;
    case 'timers':
      return { ...globals.timers.globals, promises: globals.timers.promises };
    case 'timers/promises':
      return globals.timers.promises;
    case 'zlib':
      return compression();
    default:
      return nodeRequire(`node:${name}`) as object;
  }
}

function refused(name: string, host: SandboxHost, advice: string): object {
  const original = nodeRequire(`node:${name}`) as Record<string, unknown>;
  const view: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(original)) {
    if (typeof value !== 'function') {
      view[member] = value;
      continue;
    }
    const refusal = function refusal(): never {
      throw new SandboxError(host.functionName, `called ${name}.${member}`, advice);
    };
    refusal.prototype = value.prototype;
    view[member] = refusal;
  }
  if (name === 'worker_threads') Object.assign(view, { isMainThread: true, parentPort: null, workerData: null, threadId: 0 });
  if (name === 'net') Object.assign(view, { isIP: original.isIP, isIPv4: original.isIPv4, isIPv6: original.isIPv6 });
  return view;
}

function operatingSystem(host: SandboxHost): object {
  return {
    ...nodeOs,
    hostname: () => '169.254.100.6',
    homedir: () => '/home/sbx_user1051',
    tmpdir: () => '/tmp',
    uptime: () => host.elapsed() / 1000,
    platform: () => 'linux',
    type: () => 'Linux',
    arch: () => 'arm64',
    networkInterfaces: () => ({}),
    userInfo: () => ({ username: 'sbx_user1051', uid: 993, gid: 990, shell: null, homedir: '/home/sbx_user1051' }),
  };
}

type Sync = (...values: unknown[]) => unknown;
type Done = (error: unknown, value?: unknown) => void;

/** Compression on the calling thread: done when it returns, whichever way it is called, so that a run does not depend on a thread pool. */
function compression(): object {
  const view: Record<string, unknown> = { ...nodeZlib };
  for (const [name, value] of Object.entries(nodeZlib)) {
    if (!name.endsWith('Sync') || typeof value !== 'function') continue;
    const sync = value as Sync;
    const withCallback = (...values: unknown[]): void => {
      const done = values.pop() as Done;
      try {
        const result = sync(...values);
        queueMicrotask(() => done(null, result));
      } catch (error) {
        queueMicrotask(() => done(error));
      }
    };
    Object.assign(withCallback, { [promisify.custom]: async (...values: unknown[]) => sync(...values) });
    view[name.replace(/Sync$/, '')] = withCallback;
  }
  return view;
}
