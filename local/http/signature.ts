import { scopeOf } from '../wire/credentials.ts';

/** What the signature of an HTTP request says. Signatures themselves are not checked: any secret will do. */
export type Signature =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly problem: string }
  | { readonly kind: 'signed'; readonly accessKeyId: string };

/**
 * Reads the signature (version 4) of a request to a service that answers plain HTTP requests.
 *
 * @param service what its signatures are scoped to: `execute-api`, `lambda`
 * @param authorization the header of that name
 * @param credential the query parameter `X-Amz-Credential`
 */
export function signatureOf(service: string, authorization: string | undefined, credential: string | undefined): Signature {
  const isHeader = authorization?.startsWith('AWS4-HMAC-SHA256') ?? false;
  if (!isHeader && credential === undefined) return { kind: 'none' };
  const headers = isHeader && authorization !== undefined ? { authorization } : {};
  const scope = scopeOf({ headers, query: new URLSearchParams(credential === undefined ? {} : { 'X-Amz-Credential': credential }) });
  if (!scope?.service) {
    return { kind: 'invalid', problem: `Authorization header requires 'Credential' parameter. Authorization=${authorization ?? ''}` };
  }
  if (scope.service !== service) return { kind: 'invalid', problem: `Credential should be scoped to correct service: '${service}'.` };
  return { kind: 'signed', accessKeyId: scope.accessKeyId };
}
