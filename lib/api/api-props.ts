import type { Duration } from 'aws-cdk-lib';
import type { IAuthorizer, RestApiProps } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { RouteContract } from '../../lambdas/contracts/index.ts';
import type { AlarmProps, EncryptionProps } from '../shared/index.ts';

/** One operation of the API: its contract, and the function that answers it with `api()` of `millrace/runtime`. */
export interface ApiRoute {
  readonly route: RouteContract;
  readonly handler: IFunction;
  /** Who may call it; `'none'`: anybody. @default the API's */
  readonly authorizer?: IAuthorizer | 'none';
  /** Whether a key of a usage plan is needed. @default false */
  readonly apiKeyRequired?: boolean;
  /** @default the API's */
  readonly throttle?: Throttle;
}

export interface Throttle {
  /** Requests a second, on average. */
  readonly rateLimit: number;
  /** Requests at once. */
  readonly burstLimit: number;
}

export interface CorsOptions {
  /** Origins whose pages may use the API; `['*']` for all. */
  readonly allowOrigins: readonly string[];
  /** @default content-type, idempotency-key, authorization, x-api-key, x-correlation-id, traceparent */
  readonly allowHeaders?: readonly string[];
  /** How long a browser may keep the answer to its question. @default 1 hour */
  readonly maxAge?: Duration;
}

export interface ApiProps extends AlarmProps, EncryptionProps {
  readonly routes: readonly ApiRoute[];
  /** Who may call the routes that do not say so themselves; `'none'`: anybody. @default anybody, but cdk-nag asks whether that is meant */
  readonly authorizer?: IAuthorizer | 'none';
  /** ARN of the WAF web ACL that filters requests. @default none */
  readonly webAclArn?: string;
  /** The stage, and so the first part of every path: its URLs read `/v1/…`. @default 'v1' */
  readonly version?: string;
  /** @default 1,000 requests a second, 2,000 at once */
  readonly throttle?: Throttle;
  /** @default pages of other origins may not use the API */
  readonly cors?: CorsOptions;
  /**
   * Where bodies are checked. `handler`: in the function, which names every field that is wrong. `edge`: in API Gateway as well, by a model made
   * from the contract's schema: bad bodies never start a function, but the answer does not say which field it is.
   * @default 'handler'
   */
  readonly validation?: 'handler' | 'edge';
  /** One line of JSON for each request. It needs the account's CloudWatch role, see `accountCloudWatchRole`. @default kept by stage */
  readonly accessLog?: { readonly retention?: RetentionDays } | false;
  /**
   * Sets the role with which API Gateway writes logs. It is one setting for the whole account and region, so exactly one stack should make
   * it, and destroying that stack takes it away.
   * @default false: it is set already
   */
  readonly accountCloudWatchRole?: boolean;
  /** Anything else that the CDK's RestApi takes; wins over what this construct decides. @default nothing */
  readonly overrides?: Partial<RestApiProps>;
}
