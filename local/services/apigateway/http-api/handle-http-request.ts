import { corsHeaders, isPreflight, payloadResponse, preflightHeaders, requestTime } from '../../../http/index.ts';
import { ACCOUNT, arn } from '../../../kernel/index.ts';
import { substituteContext } from '../context-variables.ts';
import type { Caller, GatewayState } from '../handle-request.ts';
import { type GatewayRequest, type GatewayResponse, header, parseRequest } from '../request.ts';
import { authorizeSigner } from './authorize-signer.ts';
import { authorize } from './authorizer.ts';
import { callFunction } from './call-function.ts';
import { HttpApiError, type HttpExchange, rawPath } from './exchange.ts';
import { httpEvent, httpEventV1 } from './http-event.ts';
import { matchHttpRoute } from './match-route.ts';
import type { HttpApi, HttpIntegration } from './model.ts';

const LARGEST_BODY = 10 * 1024 * 1024;

/** Answers a request as the deployed HTTP API would. */
export async function handleHttpRequest(
  state: GatewayState,
  api: HttpApi,
  request: GatewayRequest,
  context: Caller,
): Promise<GatewayResponse> {
  const exchange = open(state, api, request, context);
  if (!exchange) return message(404, 'Not Found');
  let response: GatewayResponse;
  let error: HttpApiError | undefined;
  try {
    response = await answer(state, exchange);
  } catch (caught) {
    if (!(caught instanceof HttpApiError)) throw caught;
    error = caught;
    response = message(caught.status, caught.message);
  }
  const cors = api.cors ? corsHeaders(api.cors, exchange.request) : {};
  const finished = { ...response, headers: { 'apigw-requestid': exchange.requestId, ...response.headers, ...cors } };
  log(state, exchange, finished, error);
  return finished;
}

function message(statusCode: number, text: string): GatewayResponse {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ message: text })) };
}

/** The stage is the first part of the path, unless the API has the stage `$default`. */
function open({ kernel }: GatewayState, api: HttpApi, request: GatewayRequest, { requestId, principal }: Caller): HttpExchange | undefined {
  const [, first = '', ...rest] = request.path.split('/');
  const named = request.stage ?? (api.stages.has(first) ? first : '$default');
  const stage = api.stages.get(named);
  if (!stage) return undefined;
  const path = request.stage === undefined && named === first ? `/${rest.join('/')}` : request.path;
  return {
    api,
    stage,
    request: parseRequest(request, path),
    requestId,
    principal,
    startedAt: kernel.now(),
    route: undefined,
    pathParameters: {},
    authorizer: undefined,
    signer: undefined,
    integrationStatus: undefined,
    integrationLatency: undefined,
  };
}

async function answer(state: GatewayState, exchange: HttpExchange): Promise<GatewayResponse> {
  const { api, stage, request } = exchange;
  if (api.cors && isPreflight(request)) return { statusCode: 204, headers: preflightHeaders(api.cors, request), body: new Uint8Array() };
  const match = matchHttpRoute(api, request.method, request.path);
  if (!match) throw new HttpApiError(404, 'Not Found');
  exchange.route = match.route;
  exchange.pathParameters = match.pathParameters;
  if (request.body.length > LARGEST_BODY) throw new HttpApiError(413, 'Request Entity Too Large');
  const throttle = stage.routeThrottles.get(match.route.key) ?? stage.throttle;
  const bucket = `${api.id}/${stage.name}/${stage.routeThrottles.has(match.route.key) ? match.route.key : '*'}`;
  if (throttle && !state.throttling.take(bucket, throttle, state.kernel.now())) throw new HttpApiError(429, 'Too Many Requests');
  if (match.route.needsIam) authorizeSigner(state, exchange);
  const authorizer = match.route.authorizerId === undefined ? undefined : api.authorizers.get(match.route.authorizerId);
  if (authorizer) await authorize(state, exchange, authorizer);
  const integration = api.integrations.get(match.route.integrationId ?? '');
  if (!integration) throw new HttpApiError(500, 'Internal Server Error', `The route ${match.route.key} has no integration.`);
  const from = state.kernel.now();
  try {
    return await withinTimeout(state, exchange, integration);
  } finally {
    exchange.integrationLatency = state.kernel.now() - from;
  }
}

/** Waits for the integration as long as the API does. What it started goes on. */
function withinTimeout(state: GatewayState, exchange: HttpExchange, integration: HttpIntegration): Promise<GatewayResponse> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new HttpApiError(503, 'Service Unavailable', 'The integration did not answer in time.'));
    const timer = state.kernel.after(integration.timeoutMs, late, { label: `timeout of ${exchange.request.path}` });
    const work = integration.type === 'AWS_PROXY' ? toFunction(state, exchange, integration) : toAddress(state, exchange, integration);
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}

async function toFunction(state: GatewayState, exchange: HttpExchange, integration: HttpIntegration): Promise<GatewayResponse> {
  const event = integration.payloadFormat === '1.0' ? httpEventV1(exchange) : httpEvent(exchange);
  const output = await callFunction(state, exchange, integration.uri, integration.credentials, routeArn(exchange), event);
  exchange.integrationStatus = output.StatusCode;
  const payload = output.Payload ?? new Uint8Array();
  if (output.FunctionError !== undefined) throw new HttpApiError(500, 'Internal Server Error', Buffer.from(payload).toString());
  const answered = payloadResponse(payload);
  if (!answered.ok) throw new HttpApiError(500, 'Internal Server Error', answered.problem);
  return answered.response;
}

async function toAddress({ integrations }: GatewayState, exchange: HttpExchange, integration: HttpIntegration): Promise<GatewayResponse> {
  const { request, pathParameters } = exchange;
  if (!integrations.outside) {
    throw new HttpApiError(
      500,
      'Internal Server Error',
      `${integration.uri} is outside the local cloud, which has no answer for it (answerOutside).`,
    );
  }
  const url = new URL(integration.uri.replace(/\{([^}+]+)\+?\}/g, (_all, name: string) => pathParameters[name] ?? ''));
  url.search = request.rawQuery;
  const method = integration.method === undefined || integration.method === 'ANY' ? request.method : integration.method;
  const answered = await integrations.outside({ method, url: url.href, headers: request.headers, body: request.body });
  exchange.integrationStatus = answered.status;
  return { statusCode: answered.status, headers: answered.headers, body: Buffer.from(answered.body) };
}

/** On whose behalf the API calls: its own ARN with stage, method and path, as permissions name it. */
function routeArn({ api, stage, route }: HttpExchange): string {
  const [method = '*', path = '/$default'] = route?.key === '$default' ? ['*', '/$default'] : (route?.key.split(' ') ?? []);
  return arn('execute-api', `${api.id}/${stage.name}/${method === 'ANY' ? '*' : method}${path}`);
}

function log(
  { accessLog, kernel }: GatewayState,
  exchange: HttpExchange,
  response: GatewayResponse,
  error: HttpApiError | undefined,
): void {
  const { api, stage, request, startedAt } = exchange;
  const latency = kernel.now() - startedAt;
  const variables = {
    accountId: ACCOUNT,
    apiId: api.id,
    authorizer: exchange.authorizer,
    error: error && { message: error.message, messageString: JSON.stringify(error.message), responseType: String(error.status) },
    httpMethod: request.method,
    identity: { sourceIp: request.sourceIp, userAgent: header(request.headers, 'user-agent') },
    integration: { status: exchange.integrationStatus, latency: exchange.integrationLatency, error: error?.detail },
    integrationErrorMessage: error?.detail,
    integrationLatency: exchange.integrationLatency,
    integrationStatus: exchange.integrationStatus,
    path: rawPath(exchange),
    protocol: 'HTTP/1.1',
    requestId: exchange.requestId,
    requestTime: requestTime(startedAt),
    requestTimeEpoch: startedAt,
    responseLatency: latency,
    responseLength: response.body.length,
    routeKey: exchange.route?.key,
    stage: stage.name,
    status: response.statusCode,
  };
  accessLog.add({
    time: startedAt,
    apiId: api.id,
    stage: stage.name,
    requestId: exchange.requestId,
    method: request.method,
    path: rawPath(exchange),
    status: response.statusCode,
    latency,
    error: error && (error.detail ?? error.message),
    text: stage.accessLogFormat === undefined ? undefined : substituteContext(stage.accessLogFormat, variables, '-'),
  });
}
