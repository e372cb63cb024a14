import { AwsError, type ServiceName } from '../../../kernel/index.ts';
import type { Exchange } from '../exchange.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Integration } from '../model.ts';
import { mappedValue } from '../parameters.ts';
import type { GatewayResponse } from '../request.ts';
import type { RunIntegration } from './integration.ts';
import { callFunction, functionOf, methodArn } from './lambda.ts';
import { integrationBody, integrationResponse } from './mapping.ts';
import { formAnswer, formFailure, readForm, speaksQuery } from './query-protocol.ts';

const SERVICES: Readonly<Record<string, ServiceName>> = {
  dynamodb: 'dynamodb',
  events: 'events',
  kinesis: 'kinesis',
  sns: 'sns',
  sqs: 'sqs',
  states: 'states',
};

/** `AWS`: an AWS action of the request, by mapping templates; a function, where the URI names one. */
export const awsAction: RunIntegration = async (host, exchange, integration) => {
  const body = integrationBody(exchange, integration);
  if (functionOf(integration.Uri, exchange.stage.variables) !== undefined) {
    const output = await callFunction(host.kernel, exchange, integration, body === '' ? '{}' : body);
    exchange.integrationStatus = 200;
    const text = Buffer.from(output.Payload ?? []).toString();
    const failure = output.FunctionError === undefined ? undefined : (JSON.parse(text) as { errorMessage?: string });
    return integrationResponse(exchange, integration, { selector: failure ? (failure.errorMessage ?? '') : '', headers: {}, body: text });
  }
  const action = actionOf(integration, body, requestParameters(exchange, integration));
  if (!action) {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `The local cloud does not know the integration ${integration.Uri}: it has actions of ${Object.keys(SERVICES).join(', ')}, and functions.`,
    });
  }
  const { service, operation, input, isForm } = action;
  const answered = (selector: number, text: object): GatewayResponse =>
    integrationResponse(exchange, integration, { selector: String(selector), headers: {}, body: JSON.stringify(text) });
  try {
    const principal = integration.Credentials ?? 'apigateway.amazonaws.com';
    const output = await host.kernel.call({ service, operation, input, principal, sourceArn: methodArn(exchange) });
    exchange.integrationStatus = 200;
    return answered(200, isForm ? formAnswer(operation, output, exchange.requestId) : output);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    exchange.integrationStatus = error.status;
    exchange.integrationError = error.message;
    const told =
      isForm && speaksQuery(service) ? formFailure(service, error, exchange.requestId) : { __type: error.code, message: error.message };
    return answered(error.status, told);
  }
};

/** What is mapped to the parameters of the request to the service; what a template overrides comes last. */
interface Mapped {
  readonly query: ReadonlyMap<string, string>;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

function requestParameters(exchange: Exchange, integration: Integration): Mapped {
  const query = new Map<string, string>();
  const headers = new Map<string, string>();
  for (const [name, expression] of Object.entries(integration.RequestParameters ?? {})) {
    const value = mappedValue(expression, exchange);
    if (value === undefined) continue;
    const [, , kind, ...rest] = name.split('.');
    if (kind === 'querystring') query.set(rest.join('.'), value);
    if (kind === 'header') headers.set(rest.join('.').toLowerCase(), value);
  }
  const { requestOverride: override } = exchange.overrides;
  for (const [name, value] of Object.entries(override.querystring)) query.set(name, String(value));
  for (const [name, value] of Object.entries(override.header)) headers.set(name.toLowerCase(), String(value));
  return { query, headers };
}

interface Action {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
  /** Whether it is written as a form, and so answered in that protocol's way. */
  readonly isForm: boolean;
}

/**
 * `arn:aws:apigateway:us-east-1:states:action/StartExecution`, or `…:sqs:path/000000000000/jobs` with the action in a form. A path with a
 * JSON body names its action in the header `X-Amz-Target`.
 */
function actionOf({ Uri: uri = '' }: Integration, body: string, { query, headers }: Mapped): Action | undefined {
  const [, name = '', kind, rest = ''] = /^arn:aws[\w-]*:apigateway:[^:]*:([\w.-]+):(action|path)\/(.*)$/.exec(uri) ?? [];
  const service = SERVICES[name];
  if (!service) return undefined;
  const isJson = body.trim().startsWith('{');
  const form = new URLSearchParams(isJson ? '' : body);
  for (const [parameter, value] of query) form.set(parameter, value);
  const target = headers.get('x-amz-target')?.split('.').at(-1);
  const operation = form.get('Action') ?? (kind === 'action' ? rest : (target ?? ''));
  const isForm = speaksQuery(service) && !isJson;
  form.delete('Action');
  const given = isForm
    ? readForm(service, operation, form)
    : { ...(isJson ? (JSON.parse(body) as object) : {}), ...Object.fromEntries(form) };
  // The queue is named by the path.
  const queue = service === 'sqs' && kind === 'path' && rest !== '' ? { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${rest}` } : {};
  return { service, operation, input: withBytes(service, { ...queue, ...given }), isForm };
}

/** Kinesis data is base64 in JSON. */
function withBytes(service: ServiceName, input: Record<string, unknown>): Record<string, unknown> {
  if (service !== 'kinesis') return input;
  const decode = (record: Record<string, unknown>) => ({ ...record, Data: Buffer.from(String(record.Data ?? ''), 'base64') });
  const { Records: records } = input;
  return Array.isArray(records) ? { ...input, Records: records.map(decode) } : decode(input);
}
