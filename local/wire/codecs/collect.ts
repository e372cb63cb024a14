import { EMPTY } from '../message.ts';
import { isRecord, outputError } from './values.ts';

/** The bytes of a payload, however a service holds it: bytes, text, a stream, or what the SDK gives for a stream. */
export async function collect(value: unknown, path: string): Promise<Uint8Array> {
  if (value === undefined || value === null) return EMPTY;
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value);
  if (isRecord(value) && typeof value.transformToByteArray === 'function') return collect(await value.transformToByteArray(), path);
  if (value instanceof Blob) return new Uint8Array(await value.arrayBuffer());
  if (!isAsyncIterable(value)) throw outputError(path, 'bytes, text or a stream', value);
  const chunks: Uint8Array[] = [];
  for await (const chunk of value) chunks.push(await collect(chunk, path));
  return Buffer.concat(chunks);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
