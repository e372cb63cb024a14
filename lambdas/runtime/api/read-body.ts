import type { RouteContract } from '../../contracts/index.ts';
import type { HttpRequest } from './http-event.ts';
import { type Problem, problemOf } from './problem.ts';

export type ReadBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };

/** Reads the body of a request: its size, its media type, its text. What it says is the schema's business. */
export function readBody(contract: RouteContract, request: HttpRequest): ReadBody {
  const { body } = request;
  if (body !== undefined && body.byteLength > contract.maxBytes) {
    return refuse(
      problemOf('body-too-large', `The body has ${body.byteLength} bytes; ${contract.key} takes ${contract.maxBytes}.`, {
        maxBytes: contract.maxBytes,
      }),
    );
  }
  if (contract.schemas.body === undefined) return { ok: true, value: undefined };
  if (body === undefined) {
    return refuse(problemOf('invalid-request', 'A body is needed.', { errors: [{ field: '', message: 'must not be empty' }] }));
  }
  const type = request.headers['content-type'];
  if (!accepts(contract.mediaType, type)) {
    return refuse(
      problemOf('unsupported-media-type', `The body is ${type ?? 'of no stated type'}; ${contract.key} takes ${contract.mediaType}.`, {
        accepts: [contract.mediaType],
      }),
    );
  }
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch (error) {
    const detail = error instanceof SyntaxError ? error.message : 'It is not UTF-8.';
    return refuse(problemOf('malformed-body', `The body is not JSON: ${detail}`));
  }
}

/** `application/json` takes `application/vnd.x+json; charset=utf-8`, too. */
export function accepts(mediaType: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  const [essence = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'us-ascii') return false;
  if (essence === mediaType.toLowerCase()) return true;
  return mediaType === 'application/json' && /^application\/[a-z0-9!#$&^_.-]+\+json$/.test(essence);
}

function refuse(problem: Problem): ReadBody {
  return { ok: false, problem };
}
