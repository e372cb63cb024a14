import type { ApiDefinition, ApiResource, Method, RestApi, Stage } from './model.ts';
import type { ParsedRequest } from './request.ts';

/** One request on its way through an API, and what is known of it so far: the source of every `$context` variable. */
export interface Exchange {
  readonly api: RestApi;
  readonly stage: Stage;
  readonly definition: ApiDefinition;
  readonly request: ParsedRequest;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly traceId: string;
  readonly startedAt: number;
  resource: ApiResource | undefined;
  method: Method | undefined;
  pathParameters: Readonly<Record<string, string>>;
  authorizer: Readonly<Record<string, unknown>> | undefined;
  apiKey: { readonly id: string; readonly value: string } | undefined;
  integrationStatus: number | undefined;
  integrationStartedAt: number | undefined;
  integrationEndedAt: number | undefined;
  integrationError: string | undefined;
}
