import type { CorsSettings } from '../../../http/index.ts';
import { AwsError, REGION } from '../../../kernel/index.ts';
import type { GatewayState } from '../handle-request.ts';
import { newId } from '../new-id.ts';
import type { HttpApi, HttpAuthorizer, HttpIntegration, HttpRoute, HttpStage } from './model.ts';

type Create<Input> = (state: GatewayState, input: Input) => object;

function apiOf(state: GatewayState, apiId: string): HttpApi {
  const api = state.httpApis.get(apiId);
  if (!api) throw new AwsError('NotFoundException', `Invalid API identifier specified 000000000000:${apiId}`, { status: 404 });
  return api;
}

const createApi: Create<{ name: string; cors?: CorsSettings }> = (state, { name, cors }) => {
  const id = newId(state.kernel);
  const maps = { integrations: new Map(), routes: new Map(), authorizers: new Map(), stages: new Map() };
  state.httpApis.set(id, { id, name, cors, ...maps });
  return { apiId: id, apiEndpoint: `https://${id}.execute-api.${REGION}.amazonaws.com` };
};

const createIntegration: Create<{ apiId: string; integration: HttpIntegration }> = (state, { apiId, integration }) => {
  const integrationId = newId(state.kernel).slice(0, 7);
  apiOf(state, apiId).integrations.set(integrationId, integration);
  return { integrationId };
};

const createRoute: Create<{ apiId: string; route: HttpRoute }> = (state, { apiId, route }) => {
  const api = apiOf(state, apiId);
  if ([...api.routes.values()].some(({ key }) => key === route.key)) {
    throw new AwsError('ConflictException', `Route with key ${route.key} already exists for this API`, { status: 409 });
  }
  const routeId = newId(state.kernel).slice(0, 7);
  api.routes.set(routeId, route);
  return { routeId };
};

const createAuthorizer: Create<{ apiId: string; authorizer: Omit<HttpAuthorizer, 'id'> }> = (state, { apiId, authorizer }) => {
  const authorizerId = newId(state.kernel).slice(0, 6);
  apiOf(state, apiId).authorizers.set(authorizerId, { ...authorizer, id: authorizerId });
  return { authorizerId };
};

const createStage: Create<{ apiId: string; stage: Omit<HttpStage, 'routeThrottles'> & { routeThrottles: Iterable<[string, never]> } }> = (
  state,
  { apiId, stage },
) => {
  const api = apiOf(state, apiId);
  if (api.stages.has(stage.name)) throw new AwsError('ConflictException', 'Stage already exists', { status: 409 });
  api.stages.set(stage.name, { ...stage, routeThrottles: new Map(stage.routeThrottles) });
  return { stageName: stage.name };
};

/** Control-plane operations of HTTP APIs, which the loader makes them with. */
export const httpApiOperations: Readonly<Record<string, Create<never>>> = {
  CreateHttpApi: createApi,
  CreateHttpIntegration: createIntegration,
  CreateHttpRoute: createRoute,
  CreateHttpAuthorizer: createAuthorizer,
  CreateHttpStage: createStage,
};
