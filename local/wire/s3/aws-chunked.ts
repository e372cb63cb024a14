import { AwsError } from '../../kernel/index.ts';
import { plain, text } from '../message.ts';

/** A body taken out of its chunks, with the headers that came after it. */
export interface Unchunked {
  readonly body: Uint8Array;
  readonly trailers: Readonly<Record<string, string>>;
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * Decodes the `aws-chunked` content encoding: `SIZE-IN-HEX[;chunk-signature=…]\r\n BYTES \r\n` …, a chunk of size 0, trailers.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @throws AwsError `IncompleteBody` when the body ends before its last chunk
 */
export function decodeAwsChunked(body: Uint8Array): Unchunked {
  const chunks: Uint8Array[] = [];
  let at = 0;
  const line = (): string => {
    const end = body.indexOf(LF, at);
    if (end < 0) throw incomplete();
    const found = text(body.subarray(at, body[end - 1] === CR ? end - 1 : end));
    at = end + 1;
    return found;
  };
  for (;;) {
    const header = line();
    const size = /^([0-9a-f]+)(?:;.*)?$/i.exec(header)?.[1];
    if (size === undefined) throw incomplete();
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    if (at + length > body.length) throw incomplete();
    chunks.push(body.subarray(at, at + length));
    at += length;
    line();
  }
  const trailers: Record<string, string> = {};
  while (at < body.length) {
    const colon = /^([^:]+):\s*(.*)$/.exec(line());
    if (colon) trailers[(colon[1] ?? '').toLowerCase()] = colon[2] ?? '';
  }
  return { body: plain(Buffer.concat(chunks)), trailers };
}

function incomplete(): AwsError {
  return new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
}
