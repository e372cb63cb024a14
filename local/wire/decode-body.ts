import { gunzipSync } from 'node:zlib';
import { AwsError } from '../kernel/index.ts';
import { type ParsedRequest, plain } from './message.ts';
import { decodeAwsChunked } from './s3/aws-chunked.ts';
import { verifyChecksums } from './s3/checksums.ts';

/** The most that a compressed body may become, in bytes: API requests are small. */
const INFLATED_LIMIT = 64 * 1024 * 1024;

/**
 * Takes the encodings off a body: AWS's chunks with their trailing checksums, and gzip where it is not the object's own.
 *
 * @throws AwsError for a body that is cut short, damaged or fails its checksum
 */
export function decodeBody(request: ParsedRequest, service: string): ParsedRequest {
  const { headers } = request;
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
  if (service === 's3') return decodeObject(request, encodings);
  if (!encodings.includes('gzip')) return request;
  try {
    return { ...request, body: plain(gunzipSync(request.body, { maxOutputLength: INFLATED_LIMIT })) };
  } catch (cause) {
    throw new AwsError('SerializationException', 'The request body is not well-formed gzip', { cause });
  }
}

function decodeObject(request: ParsedRequest, encodings: readonly string[]): ParsedRequest {
  const streaming = request.headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false;
  if (!streaming && !encodings.includes('aws-chunked')) {
    verifyChecksums(request.headers, request.body);
    return request;
  }
  const { body, trailers } = decodeAwsChunked(request.body);
  const { 'content-encoding': _, ...headers } = request.headers;
  const left = encodings.filter((encoding) => encoding !== 'aws-chunked' && encoding !== '');
  const decoded = {
    ...headers,
    ...trailers,
    'content-length': String(body.length),
    ...(left.length > 0 ? { 'content-encoding': left.join(',') } : {}),
  };
  verifyChecksums(decoded, body);
  return { ...request, headers: decoded, body };
}
