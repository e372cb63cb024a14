import type { Signer } from '../../http/index.ts';
import type { ApiDefinition, ApiResource, Method, RestApi, Stage } from './model.ts';
import type { ParsedRequest } from './request.ts';

/** What mapping templates put in place of what parameters are mapped to: `#set($context.responseOverride.status = 404)`. */
export interface Overrides {
  readonly requestOverride: { readonly header: Values; readonly path: Values; readonly querystring: Values };
  readonly responseOverride: { readonly header: Values; status?: unknown };
}

/** By name, as a template set them. */
type Values = Record<string, unknown>;

export function noOverrides(): Overrides {
  return { requestOverride: { header: {}, path: {}, querystring: {} }, responseOverride: { header: {} } };
}

/** One request on its way through an API, and what is known of it so far: the source of every `$context` variable. */
export interface Exchange {
  readonly api: RestApi;
  readonly stage: Stage;
  readonly definition: ApiDefinition;
  readonly request: ParsedRequest;
  readonly requestId: string;
  /** The principal of the key that the request is signed with; the account's root for keys that nobody was given. */
  readonly principal: string;
  readonly extendedRequestId: string;
  readonly traceId: string;
  readonly startedAt: number;
  readonly overrides: Overrides;
  resource: ApiResource | undefined;
  method: Method | undefined;
  pathParameters: Readonly<Record<string, string>>;
  authorizer: Readonly<Record<string, unknown>> | undefined;
  /** Who signed the request, where the method asks for that. */
  signer: Signer | undefined;
  apiKey: { readonly id: string; readonly value: string } | undefined;
  integrationStatus: number | undefined;
  integrationStartedAt: number | undefined;
  integrationEndedAt: number | undefined;
  integrationError: string | undefined;
}
