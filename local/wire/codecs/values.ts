import { AwsError } from '../../kernel/index.ts';
import type { TimestampFormat, TimestampShape } from '../model/shape.ts';

/** A request that does not fit its operation's input, in AWS's words. */
export function serializationError(path: string, message: string, cause?: unknown): AwsError {
  const where = path === '' ? '' : ` at ${path}`;
  return new AwsError('SerializationException', `${message}${where}`, cause === undefined ? {} : { cause });
}

/** An answer of a service that does not fit its operation's output: a fault of the local cloud. */
export function outputError(path: string, expected: string, value: unknown): TypeError {
  const got = value === null ? 'null' : typeof value === 'object' ? value.constructor?.name : typeof value;
  return new TypeError(`The service answered ${got} at ${path || 'the top'}, where ${expected} belongs.`);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map built of keys from outside: `__proto__` is a key like any other. */
export function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

export function fromBase64(text: string, path: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  // Node skips what is not base64; AWS refuses it.
  if (!/^[A-Za-z0-9+/_-]*={0,2}\s*$/.test(text)) throw serializationError(path, 'Invalid Base64');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function toBase64(value: unknown, path: string): string {
  const bytes = toBytes(value, path);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

export function toBytes(value: unknown, path: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value);
  throw outputError(path, 'a Uint8Array or a string', value);
}

/** A timestamp of any of AWS's formats: epoch seconds, ISO 8601 or an HTTP date. */
export function parseTimestamp(value: unknown, path: string): Date {
  const seconds =
    typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+(\.\d+)?(e\d+)?$/i.test(value) ? Number(value) : undefined;
  const date = seconds === undefined ? new Date(typeof value === 'string' ? value : Number.NaN) : new Date(Math.round(seconds * 1000));
  if (Number.isNaN(date.getTime())) throw serializationError(path, `Invalid timestamp ${JSON.stringify(value)}`);
  return date;
}

/** @param format the protocol's format, used where the schema asks for none */
export function formatTimestamp(shape: TimestampShape, value: unknown, format: TimestampFormat, path: string): string | number {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw outputError(path, 'a Date', value);
  switch (shape.format ?? format) {
    case 'date-time':
      return value.toISOString().replace('.000Z', 'Z');
    case 'http-date':
      return value.toUTCString();
    case 'epoch-seconds':
      return value.getTime() / 1000;
  }
}

export function parseNumber(value: string, path: string): number {
  const number = Number(value);
  if (value.trim() === '' || (Number.isNaN(number) && value !== 'NaN'))
    throw serializationError(path, `Invalid number ${JSON.stringify(value)}`);
  return number;
}

export function parseBoolean(value: string, path: string): boolean {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw serializationError(path, `Invalid boolean ${JSON.stringify(value)}`);
  return lower === 'true';
}
