import { AwsError, type ServiceName } from '../../../kernel/index.ts';
import { GatewayError } from '../gateway-error.ts';
import { mappedValue } from '../parameters.ts';
import type { RunIntegration } from './integration.ts';
import { callFunction, functionOf, methodArn } from './lambda.ts';
import { integrationBody, integrationResponse } from './mapping.ts';

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
  const target = actionOf(integration.Uri ?? '', body);
  if (!target) {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `The local cloud does not know the integration ${integration.Uri}: it has actions of ${Object.keys(SERVICES).join(', ')}, and functions.`,
    });
  }
  const extra: Record<string, string> = {};
  for (const [name, expression] of Object.entries(integration.RequestParameters ?? {})) {
    const value = mappedValue(expression, exchange);
    if (value !== undefined && name.startsWith('integration.request.querystring.'))
      extra[name.slice('integration.request.querystring.'.length)] = value;
  }
  for (const [name, value] of Object.entries(exchange.overrides.requestOverride.querystring)) extra[name] = String(value);
  try {
    const output = await host.kernel.call({
      service: target.service,
      operation: extra.Action ?? target.operation,
      input: { ...target.input, ...withoutAction(extra) },
      principal: integration.Credentials ?? 'apigateway.amazonaws.com',
      sourceArn: methodArn(exchange),
    });
    exchange.integrationStatus = 200;
    return integrationResponse(exchange, integration, { selector: '200', headers: {}, body: JSON.stringify(output) });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    exchange.integrationStatus = error.status;
    exchange.integrationError = error.message;
    const text = JSON.stringify({ __type: error.code, message: error.message });
    return integrationResponse(exchange, integration, { selector: String(error.status), headers: {}, body: text });
  }
};

interface Action {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** `arn:aws:apigateway:us-east-1:states:action/StartExecution`, or `…:sqs:path/000000000000/jobs` with the action in a form. */
function actionOf(uri: string, body: string): Action | undefined {
  const [, name = '', kind, rest = ''] = /^arn:aws[\w-]*:apigateway:[^:]*:([\w.-]+):(action|path)\/(.*)$/.exec(uri) ?? [];
  const service = SERVICES[name];
  if (!service) return undefined;
  if (kind === 'action') return { service, operation: rest, input: withBytes(service, parsed(body)) };
  const form = Object.fromEntries(new URLSearchParams(body));
  const { Action: operation = '', Version: _version, ...input } = form;
  const queue = service === 'sqs' ? { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${rest}` } : {};
  return { service, operation, input: { ...input, ...queue } };
}

function withoutAction({ Action: _action, ...rest }: Record<string, string>): Record<string, string> {
  return rest;
}

function parsed(body: string): Record<string, unknown> {
  if (body.trim().startsWith('{')) return JSON.parse(body) as Record<string, unknown>;
  const { Action: _action, ...form } = Object.fromEntries(new URLSearchParams(body));
  return form;
}

/** Kinesis data is base64 in JSON. */
function withBytes(service: ServiceName, input: Record<string, unknown>): Record<string, unknown> {
  if (service !== 'kinesis') return input;
  const decode = (record: Record<string, unknown>) => ({ ...record, Data: Buffer.from(String(record.Data ?? ''), 'base64') });
  const { Records: records } = input;
  return Array.isArray(records) ? { ...input, Records: records.map(decode) } : decode(input);
}
