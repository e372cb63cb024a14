import type { Exchange } from '../exchange.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Integration } from '../model.ts';
import { mappedValue } from '../parameters.ts';
import type { RunIntegration } from './integration.ts';
import { integrationBody, integrationResponse } from './mapping.ts';

const HOP_BY_HOP = new Set(['connection', 'content-length', 'host', 'transfer-encoding']);

/** `HTTP` and `HTTP_PROXY`: the request to an address outside. */
export const http: RunIntegration = async (host, exchange, integration) => {
  const { request } = exchange;
  if (!host.outside) {
    throw new GatewayError('INTEGRATION_FAILURE', {
      detail: `${integration.Uri} is outside the local cloud, which has no answer for it: give it one (answerOutside).`,
    });
  }
  const isProxy = integration.Type === 'HTTP_PROXY';
  // The template comes first, since it may override what is mapped.
  const body = isProxy ? request.body : Buffer.from(integrationBody(exchange, integration));
  const { requestOverride: override } = exchange.overrides;
  const headers: Record<string, string> = {};
  if (isProxy) for (const [name, value] of Object.entries(request.headers)) if (!HOP_BY_HOP.has(name.toLowerCase())) headers[name] = value;
  const url = new URL((integration.Uri ?? '').replace(/\{([^}+]+)\+?\}/g, (_all, name: string) => pathValue(integration, exchange, name)));
  if (isProxy) for (const [name, values] of request.query) for (const value of values) url.searchParams.append(name, value);
  for (const [name, expression] of Object.entries(integration.RequestParameters ?? {})) {
    const value = mappedValue(expression, exchange);
    if (value === undefined) continue;
    if (name.startsWith('integration.request.header.')) headers[name.slice('integration.request.header.'.length)] = value;
    if (name.startsWith('integration.request.querystring.'))
      url.searchParams.set(name.slice('integration.request.querystring.'.length), value);
  }
  const method = integration.IntegrationHttpMethod === 'ANY' ? request.method : (integration.IntegrationHttpMethod ?? request.method);
  for (const [name, value] of Object.entries(override.header)) setHeader(headers, name, String(value));
  for (const [name, value] of Object.entries(override.querystring)) url.searchParams.set(name, String(value));
  const answer = await host.outside({ method, url: url.href, headers, body });
  exchange.integrationStatus = answer.status;
  if (isProxy) return { statusCode: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
  const flat = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, [value].flat().join(', ')]));
  return integrationResponse(exchange, integration, {
    selector: String(answer.status),
    headers: flat,
    body: Buffer.from(answer.body).toString(),
  });
};

function setHeader(headers: Record<string, string>, name: string, value: string): void {
  for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known];
  headers[name] = value;
}

function pathValue(integration: Integration, exchange: Exchange, name: string): string {
  const override = exchange.overrides.requestOverride.path[name];
  if (override !== undefined) return encodeURIComponent(String(override)).replaceAll('%2F', '/');
  const expression = integration.RequestParameters?.[`integration.request.path.${name}`] ?? `method.request.path.${name}`;
  return encodeURIComponent(mappedValue(expression, exchange) ?? '').replaceAll('%2F', '/');
}
