import type { ParsedRequest } from './message.ts';

/** Who signed a request and for which service. Signatures are not checked: any secret will do. */
export interface Scope {
  readonly accessKeyId: string;
  /** The service's name in the credential scope; absent in signatures of version 2. */
  readonly service?: string;
}

/** The credential of a Signature Version 4 header or presigned URL, or of the version 2 that old S3 clients send. */
export function scopeOf(request: Pick<ParsedRequest, 'headers' | 'query'>): Scope | undefined {
  const authorization = request.headers.authorization ?? '';
  const credential = /\bCredential=([^,\s]+)/.exec(authorization)?.[1] ?? request.query.get('X-Amz-Credential');
  if (credential) {
    // AKID/20260101/us-east-1/sqs/aws4_request; with multi-region signatures (SigV4A) the region is missing.
    const parts = credential.split('/');
    const service = parts.at(-1) === 'aws4_request' ? parts.at(-2) : undefined;
    return { accessKeyId: parts[0] ?? '', ...(service === undefined ? {} : { service }) };
  }
  const old = /^AWS ([^:]+):/.exec(authorization)?.[1] ?? request.query.get('AWSAccessKeyId');
  return old ? { accessKeyId: old } : undefined;
}
