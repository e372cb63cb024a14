import { AwsError } from '../../kernel/index.ts';
import type { Quota } from './api-keys.ts';
import type { GatewayState } from './handle-request.ts';
import { type Authorizer, type GatewayResponseSettings, type Method, type RestApi, type Stage, snapshot, type Throttle } from './model.ts';
import { newId } from './new-id.ts';
import { policyStatements } from './resource-policy.ts';
import { modelSchema } from './validation.ts';

type Create<Input> = (state: GatewayState, input: Input) => object;

function apiOf(state: GatewayState, restApiId: string): RestApi {
  const api = state.apis.get(restApiId);
  if (!api) throw new AwsError('NotFoundException', `Invalid API identifier specified 000000000000:${restApiId}`, { status: 404 });
  return api;
}

interface CreateRestApi {
  readonly name: string;
  readonly description?: string;
  readonly binaryMediaTypes?: readonly string[];
  readonly apiKeySource?: RestApi['apiKeySource'];
  readonly policy?: unknown;
}

const createRestApi: Create<CreateRestApi> = (state, input) => {
  const id = newId(state.kernel);
  const rootResourceId = newId(state.kernel);
  const api: RestApi = {
    id,
    name: input.name,
    description: input.description ?? '',
    rootResourceId,
    binaryMediaTypes: input.binaryMediaTypes ?? [],
    apiKeySource: input.apiKeySource ?? 'HEADER',
    policy: input.policy === undefined ? undefined : policyStatements(input.policy, id),
    createdAt: state.kernel.now(),
    draft: { resources: new Map(), gatewayResponses: new Map(), models: new Map(), validators: new Map(), authorizers: new Map() },
    deployments: new Map(),
    stages: new Map(),
  };
  api.draft.resources.set(rootResourceId, { id: rootResourceId, path: '/', pathPart: '', parentId: undefined, methods: new Map() });
  state.apis.set(id, api);
  return { id, rootResourceId, name: input.name };
};

const createResource: Create<{ restApiId: string; parentId: string; pathPart: string }> = (state, { restApiId, parentId, pathPart }) => {
  const { draft } = apiOf(state, restApiId);
  const parent = draft.resources.get(parentId);
  if (!parent) throw new AwsError('NotFoundException', 'Invalid Resource identifier specified', { status: 404 });
  const siblings = [...draft.resources.values()].filter((resource) => resource.parentId === parentId);
  if (siblings.some((sibling) => sibling.pathPart === pathPart)) {
    throw new AwsError('ConflictException', `Another resource with the same parent already has this name: ${pathPart}`, { status: 409 });
  }
  const variable = siblings.find((sibling) => sibling.pathPart.startsWith('{') && !sibling.pathPart.endsWith('+}'));
  if (variable && pathPart.startsWith('{') && !pathPart.endsWith('+}')) {
    const message = `A sibling (${variable.pathPart}) of this resource already has a variable path part -- only one is allowed`;
    throw new AwsError('BadRequestException', message, { status: 400 });
  }
  const id = newId(state.kernel);
  draft.resources.set(id, { id, path: `${parent.path === '/' ? '' : parent.path}/${pathPart}`, pathPart, parentId, methods: new Map() });
  return { id };
};

const putMethod: Create<{ restApiId: string; resourceId: string; method: Method }> = (state, { restApiId, resourceId, method }) => {
  const resource = apiOf(state, restApiId).draft.resources.get(resourceId);
  if (!resource) throw new AwsError('NotFoundException', 'Invalid Resource identifier specified', { status: 404 });
  if (resource.methods.has(method.httpMethod))
    throw new AwsError('ConflictException', 'Method already exists for this resource', { status: 409 });
  resource.methods.set(method.httpMethod, method);
  return { httpMethod: method.httpMethod };
};

const putGatewayResponse: Create<{ restApiId: string; responseType: string; settings: GatewayResponseSettings }> = (state, input) => {
  apiOf(state, input.restApiId).draft.gatewayResponses.set(input.responseType, input.settings);
  return { responseType: input.responseType };
};

const createModel: Create<{ restApiId: string; name: string; schema: unknown }> = (state, { restApiId, name, schema }) => {
  apiOf(state, restApiId).draft.models.set(name, modelSchema(schema));
  return { name };
};

const createRequestValidator: Create<{ restApiId: string; validateRequestBody?: boolean; validateRequestParameters?: boolean }> = (
  state,
  input,
) => {
  const id = newId(state.kernel);
  apiOf(state, input.restApiId).draft.validators.set(id, {
    validateRequestBody: input.validateRequestBody ?? false,
    validateRequestParameters: input.validateRequestParameters ?? false,
  });
  return { id };
};

const createAuthorizer: Create<{ restApiId: string; authorizer: Omit<Authorizer, 'id'> }> = (state, { restApiId, authorizer }) => {
  const id = newId(state.kernel);
  apiOf(state, restApiId).draft.authorizers.set(id, { ...authorizer, id });
  return { id };
};

const createDeployment: Create<{ restApiId: string; stageName?: string }> = (state, { restApiId, stageName }) => {
  const api = apiOf(state, restApiId);
  const id = newId(state.kernel);
  api.deployments.set(id, snapshot(api));
  const stage = stageName === undefined ? undefined : api.stages.get(stageName);
  if (stage) stage.deploymentId = id;
  else if (stageName !== undefined) createStage(state, { restApiId, stageName, deploymentId: id });
  return { id };
};

interface CreateStage {
  readonly restApiId: string;
  readonly stageName: string;
  readonly deploymentId: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly throttles?: readonly (readonly [string, Throttle])[];
  readonly accessLogFormat?: string;
}

const createStage: Create<CreateStage> = (state, input) => {
  const api = apiOf(state, input.restApiId);
  if (api.stages.has(input.stageName)) throw new AwsError('ConflictException', 'Stage already exists', { status: 409 });
  if (!api.deployments.has(input.deploymentId)) throw new AwsError('BadRequestException', 'Deployment id does not exist');
  const stage: Stage = {
    name: input.stageName,
    deploymentId: input.deploymentId,
    variables: input.variables ?? {},
    throttles: new Map(input.throttles),
    accessLogFormat: input.accessLogFormat,
    createdAt: state.kernel.now(),
  };
  api.stages.set(stage.name, stage);
  return { stageName: stage.name };
};

const createApiKey: Create<{ name: string; value?: string; enabled?: boolean }> = (state, input) => {
  const id = newId(state.kernel);
  const value = input.value ?? state.kernel.uuid().replaceAll('-', '') + newId(state.kernel).slice(0, 8);
  state.apiKeys.keys.set(id, { id, name: input.name, value, enabled: input.enabled ?? false });
  return { id, value };
};

const createUsagePlan: Create<{ stages: readonly string[]; throttle?: Throttle; quota?: Quota }> = (state, input) => {
  const id = newId(state.kernel);
  state.apiKeys.plans.set(id, { id, stages: new Set(input.stages), throttle: input.throttle, quota: input.quota, keys: new Set() });
  return { id };
};

const createUsagePlanKey: Create<{ usagePlanId: string; keyId: string }> = (state, { usagePlanId, keyId }) => {
  const plan = state.apiKeys.plans.get(usagePlanId);
  if (!plan) throw new AwsError('NotFoundException', 'Invalid Usage Plan ID specified', { status: 404 });
  plan.keys.add(keyId);
  return { id: keyId };
};

const getRestApis: Create<object> = (state) => ({
  items: [...state.apis.values()].map(({ id, name, description, rootResourceId, createdAt }) => ({
    id,
    name,
    description,
    rootResourceId,
    createdDate: new Date(createdAt),
  })),
});

const getStages: Create<{ restApiId: string }> = (state, { restApiId }) => ({
  item: [...apiOf(state, restApiId).stages.values()].map(({ name, deploymentId, variables, createdAt }) => ({
    stageName: name,
    deploymentId,
    variables,
    createdDate: new Date(createdAt),
  })),
});

const getApiKey: Create<{ apiKey: string; includeValue?: boolean }> = (state, { apiKey, includeValue }) => {
  const key = state.apiKeys.keys.get(apiKey);
  if (!key) throw new AwsError('NotFoundException', 'Invalid API Key identifier specified', { status: 404 });
  const { id, name, enabled, value } = key;
  return { id, name, enabled, ...(includeValue ? { value } : {}) };
};

/** Control-plane operations, which the loader makes APIs with. */
export const controlOperations: Readonly<Record<string, Create<never>>> = {
  CreateRestApi: createRestApi,
  CreateResource: createResource,
  PutMethod: putMethod,
  PutGatewayResponse: putGatewayResponse,
  CreateModel: createModel,
  CreateRequestValidator: createRequestValidator,
  CreateAuthorizer: createAuthorizer,
  CreateDeployment: createDeployment,
  CreateStage: createStage,
  CreateApiKey: createApiKey,
  CreateUsagePlan: createUsagePlan,
  CreateUsagePlanKey: createUsagePlanKey,
  GetApiKey: getApiKey,
  GetRestApis: getRestApis,
  GetStages: getStages,
};
