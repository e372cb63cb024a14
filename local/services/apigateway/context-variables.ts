import { requestTime } from '../../http/index.ts';
import { ACCOUNT, REGION } from '../../kernel/index.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayError } from './gateway-error.ts';
import { header } from './request.ts';

/** What is known of the answer, for access logs and gateway responses. */
export interface AnswerFacts {
  readonly status?: number;
  readonly responseLength?: number;
  readonly endedAt?: number;
  readonly error?: GatewayError;
}

export function domainName(apiId: string): string {
  return `${apiId}.execute-api.${REGION}.amazonaws.com`;
}

/**
 * The `$context` of a request, nested as its variables are named.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export function contextVariables(exchange: Exchange, facts: AnswerFacts = {}): Record<string, unknown> {
  const { api, stage, request, resource, startedAt, integrationStartedAt, integrationEndedAt } = exchange;
  const integrationLatency = integrationStartedAt === undefined ? undefined : (integrationEndedAt ?? startedAt) - integrationStartedAt;
  const integration = { status: exchange.integrationStatus, latency: integrationLatency, error: exchange.integrationError };
  const { error } = facts;
  return {
    accountId: ACCOUNT,
    apiId: api.id,
    authorizer: exchange.authorizer,
    deploymentId: stage.deploymentId,
    domainName: domainName(api.id),
    domainPrefix: api.id,
    error: error && {
      message: error.message,
      messageString: JSON.stringify(error.message),
      responseType: error.type,
      validationErrorString: error.validationError,
    },
    extendedRequestId: exchange.extendedRequestId,
    httpMethod: request.method,
    identity: {
      accessKey: exchange.signer?.accessKeyId,
      accountId: exchange.signer?.account,
      apiKey: exchange.apiKey?.value,
      apiKeyId: exchange.apiKey?.id,
      caller: exchange.signer?.userId,
      sourceIp: request.sourceIp,
      user: exchange.signer?.userId,
      userAgent: header(request.headers, 'user-agent'),
      userArn: exchange.signer?.arn,
    },
    integration: { ...integration, integrationStatus: exchange.integrationStatus },
    integrationErrorMessage: exchange.integrationError ?? error?.detail,
    integrationLatency,
    integrationStatus: exchange.integrationStatus,
    operationName: exchange.method?.operationName,
    path: `/${stage.name}${request.path}`,
    protocol: 'HTTP/1.1',
    requestId: exchange.requestId,
    requestOverride: exchange.overrides.requestOverride,
    requestTime: requestTime(startedAt),
    requestTimeEpoch: startedAt,
    resourceId: resource?.id,
    resourcePath: resource?.path,
    responseLatency: facts.endedAt === undefined ? undefined : facts.endedAt - startedAt,
    responseLength: facts.responseLength,
    responseOverride: exchange.overrides.responseOverride,
    stage: stage.name,
    status: facts.status,
    xrayTraceId: exchange.traceId,
  };
}

/** A variable by its dotted name; undefined where there is none. */
export function contextVariable(variables: Readonly<Record<string, unknown>>, name: string): string | undefined {
  let value: unknown = variables;
  for (const part of name.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Puts variables into a text that names them as `$context.requestId`. @param missing what stands for a variable without a value */
export function substituteContext(text: string, variables: Readonly<Record<string, unknown>>, missing: string): string {
  return text.replace(/\$context\.([a-zA-Z]+(?:\.[a-zA-Z0-9_-]+)*)/g, (_all, name: string) => contextVariable(variables, name) ?? missing);
}
