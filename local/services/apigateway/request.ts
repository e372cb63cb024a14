import type { IncomingRequest } from '../../http/index.ts';

export { header, headerLists, type OutgoingResponse as GatewayResponse, type ParsedRequest, parseRequest } from '../../http/index.ts';

/** Input of `HandleRequest`: an HTTP request that a deployed API is to answer. Where `stage` is given, the path is without it. */
export interface GatewayRequest extends IncomingRequest {
  /** @default the only API there is */
  readonly apiId?: string;
  /** @default the first part of the path */
  readonly stage?: string;
}
