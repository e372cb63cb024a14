import type { Kernel } from '../../../kernel/index.ts';
import type { Exchange } from '../exchange.ts';
import type { Integration } from '../model.ts';
import type { GatewayResponse } from '../request.ts';

/** An HTTP request that an integration sends. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface OutgoingResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | string;
}

/** What integrations work with. */
export interface IntegrationHost {
  readonly kernel: Kernel;
  /** Answers requests that leave AWS. @default HTTP integrations fail */
  outside: ((request: OutgoingRequest) => Promise<OutgoingResponse> | OutgoingResponse) | undefined;
}

/** Gives a request to a backend and makes a response of its answer. Rejects with a `GatewayError` when that fails. */
export type RunIntegration = (host: IntegrationHost, exchange: Exchange, integration: Integration) => Promise<GatewayResponse>;
