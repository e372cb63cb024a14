import type { ServiceName } from '../../../kernel/index.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';

/** Members that are bytes in a service's API, and text or JSON in a state machine. */
const BYTES: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  kinesis: ['Data'],
  lambda: ['Payload', 'ClientContext'],
  s3: ['Body'],
  secretsmanager: ['SecretBinary'],
};

/** How one service's members are called and written. */
export interface Shape {
  readonly service: ServiceName;
  /** Whether members begin in lower case in the API; Step Functions shows them in upper case all the same. */
  readonly camel: boolean;
  readonly dates: (date: Date) => Json;
}

/** A task's parameters as the SDK's input: bytes where the API wants bytes, dates where it wants dates. */
export function toSdkInput(value: Json, shape: Shape): unknown {
  if (isArray(value)) return value.map((item) => toSdkInput(item, shape));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [shape.camel ? lowerFirst(name) : name, memberToSdk(name, item, shape)]),
  );
}

function memberToSdk(name: string, value: Json, shape: Shape): unknown {
  if (BYTES[shape.service]?.includes(name)) return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  if (shape.service === 'dynamodb') {
    if (name === 'B' && typeof value === 'string') return Buffer.from(value, 'base64');
    if (name === 'BS' && isArray(value)) return value.map((item) => Buffer.from(String(item), 'base64'));
  } else if (/(?:Time|Timestamp|Date)$/.test(name) && typeof value === 'string' && !Number.isNaN(Date.parse(value))) return new Date(value);
  return toSdkInput(value, shape);
}

/** The SDK's output as JSON: dates and bytes as text, nothing of the SDK's own. */
export function fromSdkOutput(value: unknown, shape: Shape): Json {
  if (value instanceof Date) return shape.dates(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isArray(value)) return value.map((item) => fromSdkOutput(item, shape));
  if (!isObject(value)) return value === undefined ? null : (value as Json);
  const result: Record<string, Json> = {};
  for (const [name, item] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (item === undefined || name === '$metadata') continue;
    const text = item instanceof Uint8Array && (name === 'Payload' || name === 'Body');
    result[shape.camel ? upperFirst(name) : name] = text ? Buffer.from(item).toString('utf8') : fromSdkOutput(item, shape);
  }
  return result;
}

/** A body that comes as a stream, read to its end. */
export async function withBody(output: object): Promise<object> {
  const body = (output as { readonly Body?: unknown }).Body;
  if (typeof body !== 'object' || body === null || body instanceof Uint8Array) return output;
  const { transformToString } = body as { transformToString?: () => Promise<string> };
  return transformToString ? { ...output, Body: await transformToString.call(body) } : output;
}

export function isoDate(date: Date): string {
  return date.toISOString();
}

export function epochDate(date: Date): number {
  return date.getTime();
}

/** JSON parameters that the API takes as text: objects are written, text stays. */
export function asText(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

/** `putItem` → `PutItem` */
export function upperFirst(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
