import * as nodeFs from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SandboxError, type SandboxHost } from './host.ts';

/** Where Lambda has no files that matter here: looking there finds nothing. */
const EMPTY_PLACES = ['/opt', '/var/runtime', '/var/lang', '/etc', '/proc', '/sys', '/home', '/root'];

/** How many of a function's first arguments are paths. */
const TWO_PATHS = new Set(['rename', 'copyFile', 'cp', 'link', 'symlink']);

const READING = new Set([
  'access',
  'exists',
  'stat',
  'lstat',
  'statfs',
  'readFile',
  'readdir',
  'readlink',
  'realpath',
  'opendir',
  'createReadStream',
  'openAsBlob',
]);
const WRITING = new Set([
  'appendFile',
  'chmod',
  'chown',
  'copyFile',
  'cp',
  'createWriteStream',
  'lchown',
  'link',
  'lutimes',
  'mkdir',
  'mkdtemp',
  'open',
  'rename',
  'rm',
  'rmdir',
  'symlink',
  'truncate',
  'unlink',
  'utimes',
  'writeFile',
]);
const WATCHING = new Set(['watch', 'watchFile']);

type AnyFunction = (...values: unknown[]) => unknown;

/** `node:fs` as a function on Lambda sees it: its code to read, `/tmp` (the instance's own) to read and write. */
export function fileSystem(host: SandboxHost): typeof nodeFs {
  const view: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(nodeFs)) {
    view[name] = typeof value === 'function' ? confined(host, name, value as AnyFunction) : value;
  }
  const promises: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(nodeFs.promises)) {
    const call = typeof value === 'function' ? confined(host, name, value as AnyFunction) : undefined;
    promises[name] = call ? (...values: unknown[]) => started(host, name, call, values) : value;
  }
  return Object.assign(view, { promises, default: view }) as unknown as typeof nodeFs;
}

/** A refusal is a rejection, as every error of these functions is. */
async function started(host: SandboxHost, name: string, call: AnyFunction, values: unknown[]): Promise<unknown> {
  return await host.outside(`fs.promises.${name}`, Promise.resolve(call(...values)));
}

function confined(host: SandboxHost, name: string, original: AnyFunction): AnyFunction {
  const base = name.replace(/Sync$/, '');
  if (WATCHING.has(base)) {
    return () => {
      throw new SandboxError(host.functionName, `called fs.${name}`, 'Files of a deployed function never change.');
    };
  }
  const writing = WRITING.has(base);
  if (!writing && !READING.has(base)) return original;
  const paths = TWO_PATHS.has(base) ? 2 : 1;
  const confinedCall = (...values: unknown[]): unknown => {
    const translated = values.map((value, index) => (index < paths ? realPath(host, value, name, writing && index === paths - 1) : value));
    const done = translated.at(-1);
    if (name.endsWith('Sync') || typeof done !== 'function') return original(...translated);
    return host.outside(
      `fs.${name}`,
      new Promise<void>((settled) => {
        original(...translated.slice(0, -1), (...results: unknown[]) => {
          settled();
          (done as AnyFunction)(...results);
        });
      }),
    );
  };
  return Object.assign(confinedCall, original);
}

function realPath(host: SandboxHost, value: unknown, name: string, writing: boolean): unknown {
  if (typeof value === 'number') return value;
  const text = value instanceof URL ? fileURLToPath(value) : String(value);
  const path = isAbsolute(text) ? resolve(text) : resolve('/var/task', text);
  const { directory } = host.code;
  const { temporary } = host;
  // Functions are told real paths too, by mkdtemp and realpath.
  if (temporary.path !== undefined && within(path, temporary.path)) return path;
  if (within(path, '/tmp')) return join(temporary.make(), path.slice('/tmp'.length));
  if (writing && name !== 'open' && name !== 'openSync') {
    throw new SandboxError(host.functionName, `called fs.${name} on ${path}`, 'On Lambda only /tmp can be written: use it, or S3.');
  }
  if (within(path, '/var/task') && directory) return join(directory, path.slice('/var/task'.length));
  if (directory && within(path, directory)) return path;
  if (within(path, '/var/task') || within(path, homedir()) || EMPTY_PLACES.some((place) => within(path, place)))
    return `/nonexistent${path}`;
  throw new SandboxError(
    host.functionName,
    `called fs.${name} on ${path}`,
    'On Lambda there are its own code (/var/task) and /tmp: bundle the file with the function, or fetch it from S3.',
  );
}

function within(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
