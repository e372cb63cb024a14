import type { HttpEvent } from './http-event.ts';

/** Where gateways and authorizers name who was authenticated, the most telling first. */
interface Authenticated {
  readonly authorizer?: {
    /** Lambda authorizer of a REST API, or of an HTTP API with payload format 1.0. */
    readonly principalId?: unknown;
    /** Cognito authorizer of a REST API. */
    readonly claims?: { readonly sub?: unknown };
    /** JWT authorizer of an HTTP API. */
    readonly jwt?: { readonly claims?: { readonly sub?: unknown } };
    /** Context that the Lambda authorizer of an HTTP API gives: whatever its author put there. */
    readonly lambda?: { readonly principalId?: unknown; readonly sub?: unknown } | null;
    /** IAM authorization of an HTTP API. */
    readonly iam?: { readonly cognitoIdentity?: { readonly identityId?: unknown } | null; readonly userArn?: unknown };
  } | null;
  /** IAM authorization of a REST API, and API keys. */
  readonly identity?: { readonly cognitoIdentityId?: unknown; readonly userArn?: unknown; readonly apiKeyId?: unknown };
}

/**
 * Who was authenticated: by a Lambda authorizer (`principalId`, in an HTTP API `principalId` or `sub` of its context), by a token (`sub`), by IAM
 * (the identity in a Cognito identity pool, else the ARN of the user or role session), by an API key (its id). Empty when nobody was.
 */
export function callerOf({ requestContext }: HttpEvent): string {
  const { authorizer, identity } = (requestContext ?? {}) as Authenticated;
  const { principalId, claims, jwt, lambda, iam } = authorizer ?? {};
  const names = [
    principalId,
    claims?.sub,
    jwt?.claims?.sub,
    lambda?.principalId,
    lambda?.sub,
    iam?.cognitoIdentity?.identityId,
    identity?.cognitoIdentityId,
    iam?.userArn,
    identity?.userArn,
    identity?.apiKeyId,
  ];
  return names.find((name): name is string => typeof name === 'string' && name !== '') ?? '';
}
