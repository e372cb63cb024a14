import { abortSignalClass, dateClass, intl, performanceObject } from './clock.ts';
import type { Shadowed } from './compile.ts';
import { SandboxError, type SandboxHost } from './host.ts';
import { fetchFunction } from './http.ts';
import { consoleObject, outputStream } from './output.ts';
import { processObject } from './process.ts';
import { mathObject, webCrypto } from './random.ts';
import { timerFunctions } from './timers.ts';

/** What one function instance has in place of Node's globals. */
export interface Globals {
  readonly values: Readonly<Record<Shadowed, unknown>>;
  readonly console: Console;
  readonly crypto: typeof globalThis.crypto;
  readonly performance: typeof globalThis.performance;
  readonly process: NodeJS.Process;
  readonly timers: ReturnType<typeof timerFunctions>;
  readonly require: (specifier: string) => unknown;
}

export function sandboxGlobals(host: SandboxHost, require: (specifier: string) => unknown): Globals {
  const stdout = outputStream((text) => host.log('INFO', text));
  const stderr = outputStream((text) => host.log('ERROR', text));
  const console = consoleObject(host, stdout, stderr);
  const crypto = webCrypto(host);
  const process = processObject(host, stdout, stderr);
  const timers = timerFunctions(host.timers);
  const performance = performanceObject(() => host.elapsed(), host.now());
  const own = {
    Date: dateClass(() => host.now(), host.functionName),
    Math: mathObject(host.random),
    Intl: intl(() => host.now()),
    crypto,
    performance,
    process,
    console,
    fetch: fetchFunction(host),
    AbortSignal: abortSignalClass(host.timers),
    ...timers.globals,
    WebSocket: refusedClass(host, 'WebSocket'),
    EventSource: refusedClass(host, 'EventSource'),
  };
  // Reads fall through to Node's globals; what the function writes stays with the instance.
  const globalObject: Record<string, unknown> = Object.create(globalThis) as Record<string, unknown>;
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(globalObject, name, { value, writable: true, configurable: true, enumerable: false });
  }
  for (const name of ['globalThis', 'global'])
    Object.defineProperty(globalObject, name, { value: globalObject, writable: true, configurable: true });
  return {
    values: { ...own, globalThis: globalObject, global: globalObject },
    console,
    crypto,
    performance,
    process,
    timers,
    require,
  };
}

function refusedClass(host: SandboxHost, name: string): unknown {
  return class {
    constructor() {
      throw new SandboxError(host.functionName, `opened a ${name}`, 'Use fetch or an AWS client, which the local cloud answers.');
    }
  };
}
