import type { RouteContract } from '../../contracts/index.ts';
import { fingerprint, type Identity, idFrom } from '../idempotency/index.ts';
import type { HttpRequest } from './http-event.ts';
import { type Problem, problemOf } from './problem.ts';

export type ReadKey = { readonly ok: true; readonly identity: Identity | undefined } | { readonly ok: false; readonly problem: Problem };

/** Visible ASCII, at most 255: what a header can carry and a store can keep. */
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/**
 * Reads the `Idempotency-Key` (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/): as a quoted string, as the draft
 * writes it, or bare, as most clients send it. Keys belong to the caller and the route.
 */
export function readIdempotencyKey(contract: RouteContract, request: HttpRequest, content: unknown): ReadKey {
  if (contract.idempotencyKey === undefined) return { ok: true, identity: undefined };
  const header = request.headers['idempotency-key'];
  if (header === undefined || header.trim() === '') {
    if (contract.idempotencyKey === 'optional') return { ok: true, identity: undefined };
    return {
      ok: false,
      problem: problemOf(
        'idempotency-key-missing',
        `${contract.key} needs an Idempotency-Key header: a key of your own for each operation, the same when you repeat it.`,
      ),
    };
  }
  const key = /^"(.*)"$/.exec(header.trim())?.[1] ?? header.trim();
  if (!KEY.test(key)) {
    return { ok: false, problem: problemOf('idempotency-key-invalid', 'The Idempotency-Key must be 1 to 255 visible ASCII characters.') };
  }
  const { path, caller } = request;
  const query = Object.keys(request.query).length > 0 ? request.query : undefined;
  return {
    ok: true,
    identity: { key, fingerprint: fingerprint({ path, query, content }), id: idFrom(contract.key, caller, key) },
  };
}
