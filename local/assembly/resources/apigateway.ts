import { refuseUnknown, toNumber } from '../properties.ts';
import type { CreatedResource, ResourceCloud, ResourceRequest, ResourceTypes } from '../resource.ts';
import { resourceType } from '../resource.ts';

type NumberText = number | string;
type Flag = boolean | string;

const isTrue = (value: Flag | undefined): boolean => value === true || value === 'true';
const defined = (properties: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));

interface RestApiProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly BinaryMediaTypes?: readonly string[];
  readonly ApiKeySourceType?: string;
  readonly Policy?: unknown;
}

const REST_API = [
  'ApiKeySourceType',
  'BinaryMediaTypes',
  'Description',
  'DisableExecuteApiEndpoint',
  'EndpointConfiguration',
  'FailOnWarnings',
  'MinimumCompressionSize',
  'Name',
  'Policy',
  'SecurityPolicy',
  'EndpointAccessMode',
  'Tags',
];

const restApi = resourceType<RestApiProperties>((properties, request, cloud) => {
  refuseUnknown(properties, REST_API, request, cloud);
  const created = cloud.invoke<{ id: string; rootResourceId: string }>('apigateway', 'CreateRestApi', {
    name: properties.Name ?? request.physicalName(128),
    ...defined({
      description: properties.Description,
      binaryMediaTypes: properties.BinaryMediaTypes,
      apiKeySource: properties.ApiKeySourceType,
      policy: properties.Policy,
    }),
  });
  return { ref: created.id, attributes: { RestApiId: created.id, RootResourceId: created.rootResourceId } };
});

const resource = resourceType<{ RestApiId: string; ParentId: string; PathPart: string }>((properties, request, cloud) => {
  refuseUnknown(properties, ['RestApiId', 'ParentId', 'PathPart'], request, cloud);
  const { RestApiId: restApiId, ParentId: parentId, PathPart: pathPart } = properties;
  const { id } = cloud.invoke<{ id: string }>('apigateway', 'CreateResource', { restApiId, parentId, pathPart });
  return { ref: id, attributes: { ResourceId: id } };
});

interface MethodProperties {
  readonly RestApiId: string;
  readonly ResourceId: string;
  readonly HttpMethod: string;
  readonly AuthorizationType?: string;
  readonly AuthorizerId?: string;
  readonly ApiKeyRequired?: Flag;
  readonly OperationName?: string;
  readonly RequestValidatorId?: string;
  readonly RequestModels?: Readonly<Record<string, string>>;
  readonly RequestParameters?: Readonly<Record<string, Flag>>;
  readonly Integration?: Readonly<Record<string, unknown>>;
}

const METHOD = [
  'ApiKeyRequired',
  'AuthorizationScopes',
  'AuthorizationType',
  'AuthorizerId',
  'HttpMethod',
  'Integration',
  'MethodResponses',
  'OperationName',
  'RequestModels',
  'RequestParameters',
  'RequestValidatorId',
  'ResourceId',
  'RestApiId',
];
const INTEGRATION = [
  'CacheKeyParameters',
  'CacheNamespace',
  'ConnectionType',
  'Credentials',
  'IntegrationHttpMethod',
  'IntegrationResponses',
  'PassthroughBehavior',
  'RequestParameters',
  'RequestTemplates',
  'TimeoutInMillis',
  'Type',
  'Uri',
];

const method = resourceType<MethodProperties>((properties, request, cloud) => {
  refuseUnknown(properties, METHOD, request, cloud);
  if (properties.Integration) refuseUnknown(properties.Integration, INTEGRATION, request, cloud);
  if (properties.AuthorizationType === 'COGNITO_USER_POOLS') throw cloud.refuse(request, 'The local cloud has no Cognito user pools.');
  const { RestApiId: restApiId, ResourceId: resourceId } = properties;
  const required = Object.entries(properties.RequestParameters ?? {}).map(([name, value]) => [name, isTrue(value)]);
  cloud.invoke('apigateway', 'PutMethod', {
    restApiId,
    resourceId,
    method: {
      httpMethod: properties.HttpMethod,
      authorizationType: properties.AuthorizationType ?? 'NONE',
      apiKeyRequired: isTrue(properties.ApiKeyRequired),
      requestModels: properties.RequestModels ?? {},
      requestParameters: Object.fromEntries(required),
      integration: properties.Integration,
      ...defined({
        authorizerId: properties.AuthorizerId,
        operationName: properties.OperationName,
        requestValidatorId: properties.RequestValidatorId,
      }),
    },
  });
  return { ref: `${resourceId}-${properties.HttpMethod}` };
});

interface GatewayResponseProperties {
  readonly RestApiId: string;
  readonly ResponseType: string;
  readonly StatusCode?: NumberText;
  readonly ResponseParameters?: Readonly<Record<string, string>>;
  readonly ResponseTemplates?: Readonly<Record<string, string>>;
}

const gatewayResponse = resourceType<GatewayResponseProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['RestApiId', 'ResponseType', 'StatusCode', 'ResponseParameters', 'ResponseTemplates'], request, cloud);
  const { RestApiId: restApiId, ResponseType: responseType, StatusCode: status } = properties;
  const settings = {
    responseParameters: properties.ResponseParameters ?? {},
    responseTemplates: properties.ResponseTemplates ?? {},
    ...(status === undefined ? {} : { statusCode: String(status) }),
  };
  cloud.invoke('apigateway', 'PutGatewayResponse', { restApiId, responseType, settings });
  return { ref: `${restApiId}-${responseType}`, attributes: { Id: `${restApiId}-${responseType}` } };
});

const model = resourceType<{ RestApiId: string; Name?: string; Schema?: unknown }>((properties, request, cloud) => {
  refuseUnknown(properties, ['RestApiId', 'Name', 'Schema', 'ContentType', 'Description'], request, cloud);
  const name = properties.Name ?? request.physicalName(64).replace(/[^A-Za-z0-9]/g, '');
  cloud.invoke('apigateway', 'CreateModel', { restApiId: properties.RestApiId, name, schema: properties.Schema });
  return { ref: name };
});

interface ValidatorProperties {
  readonly RestApiId: string;
  readonly ValidateRequestBody?: Flag;
  readonly ValidateRequestParameters?: Flag;
}

const requestValidator = resourceType<ValidatorProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['RestApiId', 'Name', 'ValidateRequestBody', 'ValidateRequestParameters'], request, cloud);
  const { id } = cloud.invoke<{ id: string }>('apigateway', 'CreateRequestValidator', {
    restApiId: properties.RestApiId,
    validateRequestBody: isTrue(properties.ValidateRequestBody),
    validateRequestParameters: isTrue(properties.ValidateRequestParameters),
  });
  return { ref: id, attributes: { RequestValidatorId: id } };
});

interface AuthorizerProperties {
  readonly RestApiId: string;
  readonly Name: string;
  readonly Type: string;
  readonly AuthorizerUri?: string;
  readonly AuthorizerCredentials?: string;
  readonly AuthorizerResultTtlInSeconds?: NumberText;
  readonly IdentitySource?: string;
  readonly IdentityValidationExpression?: string;
}

const AUTHORIZER = [
  'AuthType',
  'AuthorizerCredentials',
  'AuthorizerResultTtlInSeconds',
  'AuthorizerUri',
  'IdentitySource',
  'IdentityValidationExpression',
  'Name',
  'RestApiId',
  'Type',
];

const authorizer = resourceType<AuthorizerProperties>((properties, request, cloud) => {
  refuseUnknown(properties, AUTHORIZER, request, cloud);
  if (properties.Type === 'COGNITO_USER_POOLS') throw cloud.refuse(request, 'The local cloud has no Cognito user pools.');
  const { id } = cloud.invoke<{ id: string }>('apigateway', 'CreateAuthorizer', {
    restApiId: properties.RestApiId,
    authorizer: {
      name: properties.Name,
      type: properties.Type,
      uri: properties.AuthorizerUri ?? '',
      ttlSeconds: toNumber(properties.AuthorizerResultTtlInSeconds) ?? 300,
      ...defined({
        credentials: properties.AuthorizerCredentials,
        identitySource: properties.IdentitySource,
        identityValidationExpression: properties.IdentityValidationExpression,
      }),
    },
  });
  return { ref: id, attributes: { AuthorizerId: id } };
});

interface StageSettings {
  readonly Variables?: Readonly<Record<string, string>>;
  readonly MethodSettings?: readonly {
    readonly ResourcePath?: string;
    readonly HttpMethod?: string;
    readonly ThrottlingRateLimit?: NumberText;
    readonly ThrottlingBurstLimit?: NumberText;
  }[];
  readonly AccessLogSetting?: { readonly Format?: string };
}

interface DeploymentProperties {
  readonly RestApiId: string;
  readonly StageName?: string;
}

const deployment = resourceType<DeploymentProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['RestApiId', 'StageName', 'Description'], request, cloud);
  const { RestApiId: restApiId, StageName: stageName } = properties;
  const { id } = cloud.invoke<{ id: string }>('apigateway', 'CreateDeployment', { restApiId, ...defined({ stageName }) });
  return { ref: id, attributes: { DeploymentId: id } };
});

interface StageProperties extends StageSettings {
  readonly RestApiId: string;
  readonly StageName?: string;
  readonly DeploymentId: string;
}

const STAGE = [
  'AccessLogSetting',
  'CacheClusterEnabled',
  'CacheClusterSize',
  'CanarySetting',
  'ClientCertificateId',
  'DeploymentId',
  'Description',
  'DocumentationVersion',
  'MethodSettings',
  'RestApiId',
  'StageName',
  'Tags',
  'TracingEnabled',
  'Variables',
];

const stage = resourceType<StageProperties>((properties, request, cloud) => {
  refuseUnknown(properties, STAGE, request, cloud);
  const stageName = properties.StageName ?? 'default';
  cloud.invoke('apigateway', 'CreateStage', {
    restApiId: properties.RestApiId,
    stageName,
    deploymentId: properties.DeploymentId,
    throttles: throttlesOf(properties),
    ...defined({ variables: properties.Variables, accessLogFormat: properties.AccessLogSetting?.Format }),
  });
  return { ref: stageName };
});

/** `/bookings/{id}` and `GET`, or `/*` and `*` for all, to `/bookings/{id}/GET` and the wildcard pair. */
function throttlesOf(settings: StageSettings): [string, object][] {
  return (settings.MethodSettings ?? []).flatMap((each): [string, object][] => {
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = each;
    if (rate === undefined && burst === undefined) return [];
    const path = (each.ResourcePath ?? '/*').replaceAll('~1', '/');
    const name = path === '/*' ? '*/*' : `${path.startsWith('//') ? path.slice(1) : path}/${each.HttpMethod ?? '*'}`;
    return [[name, { rateLimit: Number(rate ?? 10_000), burstLimit: Number(burst ?? 5_000) }]];
  });
}

interface ApiKeyProperties {
  readonly Name?: string;
  readonly Value?: string;
  readonly Enabled?: Flag;
}

const apiKey = resourceType<ApiKeyProperties>((properties, request, cloud) => {
  refuseUnknown(
    properties,
    ['CustomerId', 'Description', 'Enabled', 'GenerateDistinctId', 'Name', 'StageKeys', 'Tags', 'Value'],
    request,
    cloud,
  );
  const { id } = cloud.invoke<{ id: string }>('apigateway', 'CreateApiKey', {
    name: properties.Name ?? request.physicalName(128),
    enabled: isTrue(properties.Enabled),
    ...defined({ value: properties.Value }),
  });
  return { ref: id, attributes: { APIKeyId: id } };
});

interface UsagePlanProperties {
  readonly ApiStages?: readonly { readonly ApiId: string; readonly Stage: string }[];
  readonly Throttle?: { readonly RateLimit?: NumberText; readonly BurstLimit?: NumberText };
  readonly Quota?: { readonly Limit?: NumberText; readonly Period?: string };
}

const usagePlan = resourceType<UsagePlanProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['ApiStages', 'Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName'], request, cloud);
  const { Throttle: throttle, Quota: quota } = properties;
  const { id } = cloud.invoke<{ id: string }>('apigateway', 'CreateUsagePlan', {
    stages: (properties.ApiStages ?? []).map((each) => `${each.ApiId}/${each.Stage}`),
    ...(throttle
      ? { throttle: { rateLimit: Number(throttle.RateLimit ?? 10_000), burstLimit: Number(throttle.BurstLimit ?? 5_000) } }
      : {}),
    ...(quota ? { quota: { limit: Number(quota.Limit), period: quota.Period } } : {}),
  });
  return { ref: id, attributes: { Id: id } };
});

const usagePlanKey = resourceType<{ UsagePlanId: string; KeyId: string; KeyType?: string }>((properties, request, cloud) => {
  refuseUnknown(properties, ['UsagePlanId', 'KeyId', 'KeyType'], request, cloud);
  const { UsagePlanId: usagePlanId, KeyId: keyId } = properties;
  cloud.invoke('apigateway', 'CreateUsagePlanKey', { usagePlanId, keyId });
  return { ref: `${keyId}:${usagePlanId}`, attributes: { Id: `${keyId}:${usagePlanId}` } };
});

/** Kept: they name or describe an API, and change nothing of how it answers here. */
function kept(_properties: unknown, request: ResourceRequest, _cloud: ResourceCloud): CreatedResource {
  const name = request.physicalName(128);
  return { ref: name, attributes: { Id: name } };
}

export const apigatewayResources: ResourceTypes = {
  'AWS::ApiGateway::Account': kept,
  'AWS::ApiGateway::ApiKey': apiKey,
  'AWS::ApiGateway::Authorizer': authorizer,
  'AWS::ApiGateway::BasePathMapping': kept,
  'AWS::ApiGateway::ClientCertificate': kept,
  'AWS::ApiGateway::Deployment': deployment,
  'AWS::ApiGateway::DocumentationPart': kept,
  'AWS::ApiGateway::DocumentationVersion': kept,
  'AWS::ApiGateway::DomainName': kept,
  'AWS::ApiGateway::GatewayResponse': gatewayResponse,
  'AWS::ApiGateway::Method': method,
  'AWS::ApiGateway::Model': model,
  'AWS::ApiGateway::RequestValidator': requestValidator,
  'AWS::ApiGateway::Resource': resource,
  'AWS::ApiGateway::RestApi': restApi,
  'AWS::ApiGateway::Stage': stage,
  'AWS::ApiGateway::UsagePlan': usagePlan,
  'AWS::ApiGateway::UsagePlanKey': usagePlanKey,
};
