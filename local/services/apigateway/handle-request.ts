import type { CallContext, Kernel } from '../../kernel/index.ts';
import type { AccessLog } from './access-log.ts';
import type { ApiKeys } from './api-keys.ts';
import { authorize } from './authorize.ts';
import type { Authorizers } from './authorizers.ts';
import { contextVariables, substituteContext } from './context-variables.ts';
import { type Exchange, noOverrides } from './exchange.ts';
import { gatewayAnswer } from './gateway-answer.ts';
import { GatewayError } from './gateway-error.ts';
import type { HttpApi } from './http-api/model.ts';
import { awsAction } from './integrations/aws.ts';
import { http } from './integrations/http.ts';
import type { IntegrationHost, RunIntegration } from './integrations/integration.ts';
import { lambdaProxy } from './integrations/lambda.ts';
import { mock } from './integrations/mock.ts';
import type { Integration, RestApi, Stage } from './model.ts';
import { type GatewayRequest, type GatewayResponse, type ParsedRequest, parseRequest } from './request.ts';
import { matchRoute } from './routing.ts';
import type { Throttling } from './throttling.ts';
import { validateRequest } from './validation.ts';

export interface HttpPermit {
  readonly allowed: boolean;
  readonly context: Readonly<Record<string, unknown>>;
  readonly until: number;
}

/** Who calls. */
export type Caller = Pick<CallContext, 'requestId' | 'principal'>;

/** What handling requests works with. */
export interface GatewayState {
  readonly kernel: Kernel;
  readonly apis: Map<string, RestApi>;
  readonly httpApis: Map<string, HttpApi>;
  /** What authorizers of HTTP APIs said. */
  readonly httpPermits: Map<string, HttpPermit>;
  readonly throttling: Throttling;
  readonly apiKeys: ApiKeys;
  readonly authorizers: Authorizers;
  readonly accessLog: AccessLog;
  readonly integrations: IntegrationHost;
}

const LARGEST_BODY = 10 * 1024 * 1024;
const LONGEST_INTEGRATION_MS = 29_000;

const INTEGRATIONS: Readonly<Record<Integration['Type'], RunIntegration>> = {
  AWS_PROXY: lambdaProxy,
  AWS: awsAction,
  MOCK: mock,
  HTTP: http,
  HTTP_PROXY: http,
};

/** Answers a request as the deployed API would: always with a response, also when everything is wrong. */
export async function handleRequest(state: GatewayState, request: GatewayRequest, context: Caller): Promise<GatewayResponse> {
  const exchange = open(state, request, context);
  if (!exchange)
    return {
      statusCode: 403,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ForbiddenException' },
      body: Buffer.from('{"message":"Forbidden"}'),
    };
  let response: GatewayResponse;
  let error: GatewayError | undefined;
  try {
    response = await answer(state, exchange);
  } catch (caught) {
    if (!(caught instanceof GatewayError)) throw caught;
    error = caught;
    response = gatewayAnswer(exchange, caught);
  }
  log(state, exchange, response, error);
  return response;
}

/** Finds the API and stage that a request is for. */
function open({ apis, kernel }: GatewayState, request: GatewayRequest, { requestId, principal }: Caller): Exchange | undefined {
  const api = apis.get(request.apiId ?? '');
  const [, first = '', ...rest] = request.path.split('/');
  const path = request.stage === undefined ? `/${rest.join('/')}` : request.path;
  const stage: Stage | undefined = api?.stages.get(request.stage ?? first);
  const definition = stage && api?.deployments.get(stage.deploymentId);
  if (!api || !stage || !definition) return undefined;
  const parsed: ParsedRequest = parseRequest(request, path.startsWith('/') ? path : `/${path}`);
  const id = kernel.uuid().replaceAll('-', '');
  return {
    api,
    stage,
    definition,
    request: parsed,
    requestId,
    principal,
    extendedRequestId: `${Buffer.from(id, 'hex').toString('base64').slice(0, 15)}=`,
    traceId: `Root=1-${Math.floor(kernel.now() / 1000).toString(16)}-${id.slice(0, 24)}`,
    startedAt: kernel.now(),
    overrides: noOverrides(),
    resource: undefined,
    method: undefined,
    pathParameters: {},
    authorizer: undefined,
    signer: undefined,
    apiKey: undefined,
    integrationStatus: undefined,
    integrationStartedAt: undefined,
    integrationEndedAt: undefined,
    integrationError: undefined,
  };
}

async function answer(state: GatewayState, exchange: Exchange): Promise<GatewayResponse> {
  const { kernel, throttling, apiKeys } = state;
  const { definition, request } = exchange;
  const route = matchRoute(definition, request.path, request.method);
  if (!route?.method) throw new GatewayError('MISSING_AUTHENTICATION_TOKEN');
  exchange.resource = route.resource;
  exchange.method = route.method;
  exchange.pathParameters = route.pathParameters;
  if (request.body.length > LARGEST_BODY) throw new GatewayError('REQUEST_TOO_LARGE');
  throttling.admit(exchange, kernel.now());
  await authorize(state, exchange);
  if (route.method.apiKeyRequired) apiKeys.check(exchange, kernel.now());
  validateRequest(exchange);
  const { integration } = route.method;
  if (!integration) throw new GatewayError('API_CONFIGURATION_ERROR', { detail: 'The method has no integration.' });
  exchange.integrationStartedAt = kernel.now();
  try {
    return await withinTimeout(state, exchange, integration);
  } finally {
    exchange.integrationEndedAt = kernel.now();
  }
}

/** Waits for the integration as long as API Gateway does. What it started goes on. */
function withinTimeout({ kernel, integrations }: GatewayState, exchange: Exchange, integration: Integration): Promise<GatewayResponse> {
  const limit = Math.min(Number(integration.TimeoutInMillis ?? LONGEST_INTEGRATION_MS), LONGEST_INTEGRATION_MS);
  return new Promise((resolve, reject) => {
    const timer = kernel.after(limit, () => reject(new GatewayError('INTEGRATION_TIMEOUT')), {
      label: `timeout of ${exchange.request.path}`,
    });
    INTEGRATIONS[integration.Type](integrations, exchange, integration)
      .then(resolve, reject)
      .finally(() => timer.cancel());
  });
}

function log({ accessLog, kernel }: GatewayState, exchange: Exchange, response: GatewayResponse, error: GatewayError | undefined): void {
  const { api, stage, request, startedAt } = exchange;
  const endedAt = kernel.now();
  const facts = { status: response.statusCode, responseLength: response.body.length, endedAt, ...(error === undefined ? {} : { error }) };
  accessLog.add({
    time: startedAt,
    apiId: api.id,
    stage: stage.name,
    requestId: exchange.requestId,
    method: request.method,
    path: `/${stage.name}${request.path}`,
    status: response.statusCode,
    latency: endedAt - startedAt,
    error: error && (error.detail ?? error.message),
    text:
      stage.accessLogFormat === undefined ? undefined : substituteContext(stage.accessLogFormat, contextVariables(exchange, facts), '-'),
  });
}
