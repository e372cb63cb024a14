import type { CorsSettings } from '../../../http/index.ts';
import type { Throttle } from '../model.ts';

export interface HttpIntegration {
  readonly type: 'AWS_PROXY' | 'HTTP_PROXY';
  readonly uri: string;
  readonly method: string | undefined;
  readonly payloadFormat: '1.0' | '2.0';
  readonly timeoutMs: number;
  /** ARN of the role that calls. @default the service itself, by the function's permission */
  readonly credentials: string | undefined;
}

export interface HttpRoute {
  /** `POST /bookings`, `ANY /{proxy+}` or `$default`. */
  readonly key: string;
  readonly integrationId: string | undefined;
  readonly authorizerId: string | undefined;
  readonly needsIam: boolean;
}

export interface HttpAuthorizer {
  readonly id: string;
  readonly uri: string;
  readonly credentials: string | undefined;
  readonly identitySources: readonly string[];
  readonly simpleResponses: boolean;
  readonly ttlSeconds: number;
}

export interface HttpStage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly throttle: Throttle | undefined;
  /** By route key. */
  readonly routeThrottles: ReadonlyMap<string, Throttle>;
  readonly accessLogFormat: string | undefined;
}

/** An HTTP API. Its stages deploy by themselves, as those of the CDK do: what is set is what answers. */
export interface HttpApi {
  readonly id: string;
  readonly name: string;
  readonly cors: CorsSettings | undefined;
  readonly integrations: Map<string, HttpIntegration>;
  readonly routes: Map<string, HttpRoute>;
  readonly authorizers: Map<string, HttpAuthorizer>;
  readonly stages: Map<string, HttpStage>;
}
