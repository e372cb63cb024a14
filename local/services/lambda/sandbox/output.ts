import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { formatWithOptions } from 'node:util';
import type { LogLevel, SandboxHost } from './host.ts';

/** A stream like `process.stdout` whose lines become log lines. */
export function outputStream(write: (text: string) => void): Writable & { readonly fd: number } {
  let rest = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      rest += chunk.toString();
      const end = rest.lastIndexOf('\n');
      if (end >= 0) {
        write(rest.slice(0, end));
        rest = rest.slice(end + 1);
      }
      done();
    },
  });
  return Object.assign(stream, { fd: 1, isTTY: false, columns: 80 });
}

/** `console` whose lines are kept with their level, as Lambda's runtime does it. */
export function consoleObject(host: SandboxHost, stdout: Writable, stderr: Writable): Console {
  const own = new Console({ stdout, stderr, colorMode: false });
  const at =
    (level: LogLevel) =>
    (...values: unknown[]): void =>
      host.log(level, values.length === 1 && typeof values[0] === 'string' ? values[0] : formatWithOptions({ colors: false }, ...values));
  return Object.assign(own, {
    log: at('INFO'),
    info: at('INFO'),
    debug: at('DEBUG'),
    warn: at('WARN'),
    error: at('ERROR'),
    trace: at('TRACE'),
  });
}
