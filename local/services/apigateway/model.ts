import type { Statement } from '../../kernel/policy/index.ts';

/** An integration of a method, in CloudFormation's form. */
export interface Integration {
  readonly Type: 'AWS_PROXY' | 'AWS' | 'MOCK' | 'HTTP' | 'HTTP_PROXY';
  readonly Uri?: string;
  readonly IntegrationHttpMethod?: string;
  /** ARN of the role that calls. @default the service itself, by the function's permission */
  readonly Credentials?: string;
  readonly RequestParameters?: Readonly<Record<string, string>>;
  readonly RequestTemplates?: Readonly<Record<string, string>>;
  readonly PassthroughBehavior?: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly IntegrationResponses?: readonly IntegrationResponse[];
  readonly TimeoutInMillis?: number | string;
}

export interface IntegrationResponse {
  readonly StatusCode: string;
  /** Regular expression for the integration's status, or a function's error message. @default this is the default response */
  readonly SelectionPattern?: string;
  readonly ResponseParameters?: Readonly<Record<string, string>>;
  readonly ResponseTemplates?: Readonly<Record<string, string>>;
}

export interface Method {
  readonly httpMethod: string;
  readonly operationName?: string;
  readonly authorizationType: 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS';
  readonly authorizerId?: string;
  readonly apiKeyRequired: boolean;
  readonly requestValidatorId?: string;
  /** Model names by media type. */
  readonly requestModels: Readonly<Record<string, string>>;
  /** Whether required, by `method.request.{header,querystring,path}.NAME`. */
  readonly requestParameters: Readonly<Record<string, boolean>>;
  readonly integration: Integration | undefined;
}

/** A node of the tree of paths. */
export interface ApiResource {
  readonly id: string;
  /** The whole path: `/bookings/{bookingId}`. */
  readonly path: string;
  readonly pathPart: string;
  readonly parentId: string | undefined;
  readonly methods: Map<string, Method>;
}

export interface GatewayResponseSettings {
  readonly statusCode?: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

export interface RequestValidator {
  readonly validateRequestBody: boolean;
  readonly validateRequestParameters: boolean;
}

export interface Authorizer {
  readonly id: string;
  readonly name: string;
  readonly type: 'TOKEN' | 'REQUEST' | 'COGNITO_USER_POOLS';
  readonly uri: string;
  readonly credentials?: string;
  /** `method.request.header.Authorization`, comma separated. */
  readonly identitySource?: string;
  readonly identityValidationExpression?: string;
  readonly ttlSeconds: number;
}

/** What a deployment fixes: the API as it was. */
export interface ApiDefinition {
  readonly resources: ReadonlyMap<string, ApiResource>;
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponseSettings>;
  /** JSON Schemas by model name. */
  readonly models: ReadonlyMap<string, object>;
  readonly validators: ReadonlyMap<string, RequestValidator>;
  readonly authorizers: ReadonlyMap<string, Authorizer>;
}

export interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

export interface Stage {
  readonly name: string;
  deploymentId: string;
  readonly variables: Readonly<Record<string, string>>;
  /** By `{resource path}/{METHOD}`, with `*` for all. */
  readonly throttles: ReadonlyMap<string, Throttle>;
  /** Format of the access log. @default no access log */
  readonly accessLogFormat: string | undefined;
  readonly createdAt: number;
}

export interface RestApi {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rootResourceId: string;
  readonly binaryMediaTypes: readonly string[];
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  /** The resource policy. @default everyone may call what its methods let them */
  readonly policy: readonly Statement[] | undefined;
  readonly createdAt: number;
  readonly draft: {
    readonly resources: Map<string, ApiResource>;
    readonly gatewayResponses: Map<string, GatewayResponseSettings>;
    readonly models: Map<string, object>;
    readonly validators: Map<string, RequestValidator>;
    readonly authorizers: Map<string, Authorizer>;
  };
  readonly deployments: Map<string, ApiDefinition>;
  readonly stages: Map<string, Stage>;
}

/** A copy of the API as it is now, for a deployment. */
export function snapshot({ draft }: RestApi): ApiDefinition {
  const resources = [...draft.resources].map(([id, resource]): [string, ApiResource] => [
    id,
    { ...resource, methods: new Map(resource.methods) },
  ]);
  return {
    resources: new Map(resources),
    gatewayResponses: new Map(draft.gatewayResponses),
    models: new Map(draft.models),
    validators: new Map(draft.validators),
    authorizers: new Map(draft.authorizers),
  };
}
