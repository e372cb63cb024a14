import { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import type { SandboxHost } from './host.ts';

/** `process` of a function: its own environment, clock, output and listeners; the facts of the machine are Node's. */
export function processObject(host: SandboxHost, stdout: Writable, stderr: Writable): NodeJS.Process {
  const nanoseconds = (): bigint => BigInt(Math.round(host.elapsed() * 1e6)) + 1_000_000_000n;
  const hrtime = Object.assign(
    (previous?: readonly [number, number]): [number, number] => {
      const total = nanoseconds() - (previous ? BigInt(previous[0]) * 1_000_000_000n + BigInt(previous[1]) : 0n);
      return [Number(total / 1_000_000_000n), Number(total % 1_000_000_000n)];
    },
    { bigint: nanoseconds },
  );
  const exit = (code = 0): void => host.exit(code);
  const own = Object.assign(new EventEmitter(), {
    env: { ...host.env },
    argv: ['/var/lang/bin/node', '/var/runtime/index.mjs'],
    execArgv: [],
    execPath: '/var/lang/bin/node',
    pid: 8,
    ppid: 1,
    title: 'node',
    exitCode: undefined,
    stdout,
    stderr,
    hrtime,
    uptime: () => host.elapsed() / 1000,
    cwd: () => '/var/task',
    exit,
    reallyExit: exit,
    abort: () => exit(134),
    kill: () => exit(137),
    nextTick: process.nextTick.bind(process),
    emitWarning: (warning: string | Error) => host.log('WARN', String(warning)),
    arch: 'arm64',
    platform: 'linux',
  });
  return new Proxy(own, {
    get(target, property) {
      if (property in target) return Reflect.get(target, property, target) as unknown;
      const value: unknown = Reflect.get(process, property, process);
      return typeof value === 'function' ? value.bind(process) : value;
    },
    has: (target, property) => property in target || property in process,
  }) as unknown as NodeJS.Process;
}
