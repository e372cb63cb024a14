import type { Exchange } from '../exchange.ts';
import { GatewayError } from '../gateway-error.ts';
import { applyTemplate, templateFor } from '../mapping-template.ts';
import type { Integration, IntegrationResponse } from '../model.ts';
import { mappedValue } from '../parameters.ts';
import { type GatewayResponse, header } from '../request.ts';

/** The body that an integration gets: by the template for the request's media type, or as it is. @throws GatewayError `UNSUPPORTED_MEDIA_TYPE` */
export function integrationBody(exchange: Exchange, integration: Integration): string {
  const { request } = exchange;
  const body = Buffer.from(request.body).toString();
  const template = templateFor(integration.RequestTemplates, header(request.headers, 'content-type'));
  if (template !== undefined) return applyTemplate(template, body, exchange);
  const passthrough = integration.PassthroughBehavior ?? 'WHEN_NO_MATCH';
  const none = Object.keys(integration.RequestTemplates ?? {}).length === 0;
  if (passthrough === 'NEVER' || (passthrough === 'WHEN_NO_TEMPLATES' && !none)) throw new GatewayError('UNSUPPORTED_MEDIA_TYPE');
  return body;
}

export interface RawAnswer {
  /** What the patterns of integration responses are matched with: a status, or a function's error message. */
  readonly selector: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes the response of an integration's answer by the first integration response that fits. */
export function integrationResponse(exchange: Exchange, integration: Integration, answer: RawAnswer): GatewayResponse {
  const settings = selected(integration.IntegrationResponses ?? [], answer.selector);
  if (!settings) {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `Execution failed due to configuration error: No match for output mapping and no default endpoint response mapping configured. Endpoint answered: ${answer.selector}`,
    });
  }
  const template =
    templateFor(settings.ResponseTemplates, header(exchange.request.headers, 'accept')) ??
    Object.values(settings.ResponseTemplates ?? {})[0];
  const headers: Record<string, string> = {
    'content-type': Object.keys(settings.ResponseTemplates ?? {})[0] ?? 'application/json',
    'x-amzn-requestid': exchange.requestId,
    'x-amz-apigw-id': exchange.extendedRequestId,
  };
  for (const [name, expression] of Object.entries(settings.ResponseParameters ?? {})) {
    const value = mappedValue(expression, exchange, answer);
    if (value !== undefined) headers[name.replace(/^method\.response\.header\./, '').toLowerCase()] = value;
  }
  const body = template === undefined ? answer.body : applyTemplate(template, answer.body, exchange);
  const { header: replaced, status = settings.StatusCode } = exchange.overrides.responseOverride;
  for (const [name, value] of Object.entries(replaced)) headers[name.toLowerCase()] = String(value);
  return { statusCode: Number(status), headers, body: Buffer.from(body) };
}

function selected(responses: readonly IntegrationResponse[], selector: string): IntegrationResponse | undefined {
  const matching = responses.find(
    ({ SelectionPattern: pattern }) => pattern !== undefined && pattern !== '' && new RegExp(`^(?:${pattern})$`, 's').test(selector),
  );
  return matching ?? responses.find(({ SelectionPattern: pattern }) => pattern === undefined || pattern === '');
}
