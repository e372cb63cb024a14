import type { Signer } from '../../../http/index.ts';
import type { ParsedRequest } from '../request.ts';
import type { HttpApi, HttpRoute, HttpStage } from './model.ts';

/** One request on its way through an HTTP API. */
export interface HttpExchange {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly request: ParsedRequest;
  readonly requestId: string;
  /** The principal of the key that the request is signed with. */
  readonly principal: string;
  readonly startedAt: number;
  route: HttpRoute | undefined;
  pathParameters: Readonly<Record<string, string>>;
  authorizer: Readonly<Record<string, unknown>> | undefined;
  /** Who signed the request, where the route asks for that. */
  signer: Signer | undefined;
  integrationStatus: number | undefined;
  integrationLatency: number | undefined;
}

/** The HTTP API answers by itself. */
export class HttpApiError extends Error {
  readonly status: number;
  /** What was wrong inside, for the access log. */
  readonly detail: string | undefined;

  constructor(status: number, message: string, detail?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HttpApiError';
    this.status = status;
    this.detail = detail;
  }
}

/** The path with the stage in front, as functions see it. */
export function rawPath({ stage, request }: HttpExchange): string {
  return stage.name === '$default' ? request.path : `/${stage.name}${request.path}`;
}
