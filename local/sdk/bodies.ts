import { Readable } from 'node:stream';

/** Reads whatever the SDK accepts as a blob or a streaming body. */
export async function readBody(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

/** A streaming body as the SDK hands it out: a readable stream with the `transformTo…` methods. */
export function streamingBody(bytes: Uint8Array): Readable {
  const buffer = Buffer.from(bytes);
  return Object.assign(Readable.from([buffer], { objectMode: false }), {
    transformToByteArray: () => Promise.resolve(new Uint8Array(buffer)),
    transformToString: (encoding?: BufferEncoding) => Promise.resolve(buffer.toString(encoding ?? 'utf8')),
    transformToWebStream: () => new Blob([buffer]).stream(),
  });
}

/** A blob payload as the SDK hands it out: bytes that know how to become text. */
export class BlobPayload extends Uint8Array {
  transformToString(encoding: BufferEncoding = 'utf8'): string {
    return Buffer.from(this).toString(encoding);
  }
}
