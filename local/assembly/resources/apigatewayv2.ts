import { refuseUnknown, toNumber } from '../properties.ts';
import { type CreatedResource, type ResourceRequest, type ResourceTypes, resourceType } from '../resource.ts';

type NumberText = number | string;

const defined = (properties: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));

interface ApiProperties {
  readonly Name?: string;
  readonly ProtocolType?: string;
  readonly CorsConfiguration?: object;
}

const API = ['Name', 'ProtocolType', 'CorsConfiguration', 'Description', 'DisableExecuteApiEndpoint', 'IpAddressType', 'Tags', 'Version'];

const api = resourceType<ApiProperties>((properties, request, cloud) => {
  if (properties.ProtocolType !== 'HTTP') throw cloud.refuse(request, 'The local cloud has HTTP APIs, but no WebSocket APIs.');
  refuseUnknown(properties, API, request, cloud);
  const created = cloud.invoke<{ apiId: string; apiEndpoint: string }>('apigateway', 'CreateHttpApi', {
    name: properties.Name ?? request.physicalName(128),
    ...defined({ cors: properties.CorsConfiguration }),
  });
  return { ref: created.apiId, attributes: { ApiId: created.apiId, ApiEndpoint: created.apiEndpoint } };
});

interface IntegrationProperties {
  readonly ApiId: string;
  readonly IntegrationType: string;
  readonly IntegrationUri?: string;
  readonly IntegrationMethod?: string;
  readonly PayloadFormatVersion?: string;
  readonly TimeoutInMillis?: NumberText;
  readonly CredentialsArn?: string;
}

const INTEGRATION = [
  'ApiId',
  'ConnectionType',
  'CredentialsArn',
  'Description',
  'IntegrationMethod',
  'IntegrationType',
  'IntegrationUri',
  'PayloadFormatVersion',
  'TimeoutInMillis',
];

const integration = resourceType<IntegrationProperties>((properties, request, cloud) => {
  refuseUnknown(properties, INTEGRATION, request, cloud);
  if (properties.IntegrationUri === undefined)
    throw cloud.refuse(request, 'An integration of an HTTP API needs the URI of a function or an address.');
  const { integrationId } = cloud.invoke<{ integrationId: string }>('apigateway', 'CreateHttpIntegration', {
    apiId: properties.ApiId,
    integration: {
      type: properties.IntegrationType,
      uri: properties.IntegrationUri,
      method: properties.IntegrationMethod,
      payloadFormat: properties.PayloadFormatVersion ?? '1.0',
      timeoutMs: toNumber(properties.TimeoutInMillis) ?? 30_000,
      credentials: properties.CredentialsArn,
    },
  });
  return { ref: integrationId, attributes: { IntegrationId: integrationId } };
});

interface RouteProperties {
  readonly ApiId: string;
  readonly RouteKey: string;
  readonly Target?: string;
  readonly AuthorizationType?: string;
  readonly AuthorizerId?: string;
}

const ROUTE = [
  'ApiId',
  'ApiKeyRequired',
  'AuthorizationScopes',
  'AuthorizationType',
  'AuthorizerId',
  'OperationName',
  'RouteKey',
  'Target',
];

const route = resourceType<RouteProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ROUTE, request, cloud);
  if (properties.AuthorizationType === 'JWT')
    throw cloud.refuse(request, 'The local cloud checks no JSON web tokens: use a Lambda authorizer.');
  const { routeId } = cloud.invoke<{ routeId: string }>('apigateway', 'CreateHttpRoute', {
    apiId: properties.ApiId,
    route: {
      key: properties.RouteKey,
      integrationId: properties.Target?.replace(/^integrations\//, ''),
      authorizerId: properties.AuthorizationType === 'CUSTOM' ? properties.AuthorizerId : undefined,
      needsIam: properties.AuthorizationType === 'AWS_IAM',
    },
  });
  return { ref: routeId, attributes: { RouteId: routeId } };
});

interface AuthorizerProperties {
  readonly ApiId: string;
  readonly AuthorizerType: string;
  readonly AuthorizerUri?: string;
  readonly AuthorizerCredentialsArn?: string;
  readonly AuthorizerPayloadFormatVersion?: string;
  readonly AuthorizerResultTtlInSeconds?: NumberText;
  readonly EnableSimpleResponses?: boolean;
  readonly IdentitySource?: readonly string[];
}

const AUTHORIZER = [
  'ApiId',
  'AuthorizerCredentialsArn',
  'AuthorizerPayloadFormatVersion',
  'AuthorizerResultTtlInSeconds',
  'AuthorizerType',
  'AuthorizerUri',
  'EnableSimpleResponses',
  'IdentitySource',
  'Name',
];

const authorizer = resourceType<AuthorizerProperties>((properties, request, cloud) => {
  if (properties.AuthorizerType !== 'REQUEST')
    throw cloud.refuse(request, 'The local cloud checks no JSON web tokens: use a Lambda authorizer.');
  refuseUnknown(properties, AUTHORIZER, request, cloud);
  if (properties.AuthorizerPayloadFormatVersion === '1.0') throw cloud.refuse(request, 'Give the authorizer the payload format 2.0.');
  const { authorizerId } = cloud.invoke<{ authorizerId: string }>('apigateway', 'CreateHttpAuthorizer', {
    apiId: properties.ApiId,
    authorizer: {
      uri: properties.AuthorizerUri ?? '',
      credentials: properties.AuthorizerCredentialsArn,
      identitySources: properties.IdentitySource ?? [],
      simpleResponses: properties.EnableSimpleResponses ?? false,
      ttlSeconds: toNumber(properties.AuthorizerResultTtlInSeconds) ?? 0,
    },
  });
  return { ref: authorizerId, attributes: { AuthorizerId: authorizerId } };
});

interface RouteSettings {
  readonly ThrottlingRateLimit?: NumberText;
  readonly ThrottlingBurstLimit?: NumberText;
}

interface StageProperties {
  readonly ApiId: string;
  readonly StageName: string;
  readonly StageVariables?: Readonly<Record<string, string>>;
  readonly DefaultRouteSettings?: RouteSettings;
  readonly RouteSettings?: Readonly<Record<string, RouteSettings>>;
  readonly AccessLogSettings?: { readonly Format?: string };
}

const STAGE = [
  'AccessLogSettings',
  'ApiId',
  'AutoDeploy',
  'DefaultRouteSettings',
  'DeploymentId',
  'Description',
  'RouteSettings',
  'StageName',
  'StageVariables',
  'Tags',
];

const stage = resourceType<StageProperties>((properties, request, cloud) => {
  refuseUnknown(properties, STAGE, request, cloud);
  cloud.invoke('apigateway', 'CreateHttpStage', {
    apiId: properties.ApiId,
    stage: {
      name: properties.StageName,
      variables: properties.StageVariables ?? {},
      throttle: throttleOf(properties.DefaultRouteSettings),
      routeThrottles: Object.entries(properties.RouteSettings ?? {}).flatMap(([key, settings]) => {
        const throttle = throttleOf(settings);
        return throttle ? [[key, throttle]] : [];
      }),
      accessLogFormat: properties.AccessLogSettings?.Format,
    },
  });
  return { ref: properties.StageName };
});

function throttleOf({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst }: RouteSettings = {}): object | undefined {
  if (rate === undefined && burst === undefined) return undefined;
  return { rateLimit: Number(rate ?? 10_000), burstLimit: Number(burst ?? 5_000) };
}

/** Kept: names of an API, or a deployment of one whose stages deploy by themselves. */
function kept(_properties: unknown, request: ResourceRequest): CreatedResource {
  const name = request.physicalName(128);
  return { ref: name, attributes: { Id: name, DeploymentId: name } };
}

export const apigatewayv2Resources: ResourceTypes = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::ApiMapping': kept,
  'AWS::ApiGatewayV2::Authorizer': authorizer,
  'AWS::ApiGatewayV2::Deployment': kept,
  'AWS::ApiGatewayV2::DomainName': kept,
  'AWS::ApiGatewayV2::Integration': integration,
  'AWS::ApiGatewayV2::Route': route,
  'AWS::ApiGatewayV2::Stage': stage,
};
