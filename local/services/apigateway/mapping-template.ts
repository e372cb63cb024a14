import { JSONPath } from 'jsonpath-plus';
import { render } from 'velocityjs';
import { contextVariables } from './context-variables.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { header } from './request.ts';

/**
 * Applies a mapping template (Velocity) with API Gateway's variables: `$input`, `$context`, `$stageVariables`, `$util`. What it sets of
 * `$context.requestOverride` and `$context.responseOverride` is kept in the exchange.
 *
 * @param body what `$input` reads: the request's body, or the integration's answer
 * @throws GatewayError `API_CONFIGURATION_ERROR` when the template is wrong
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export function applyTemplate(template: string, body: string, exchange: Exchange): string {
  try {
    return render(template, {
      input: input(body, exchange),
      context: contextVariables(exchange),
      stageVariables: exchange.stage.variables,
      util,
    });
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    const detail = `A mapping template of ${exchange.method?.httpMethod} ${exchange.resource?.path} is wrong: ${error instanceof Error ? error.message : String(error)}`;
    throw new GatewayError('API_CONFIGURATION_ERROR', { detail, cause: error });
  }
}

const util = {
  escapeJavaScript: (text: unknown) => JSON.stringify(String(text)).slice(1, -1).replaceAll("'", "\\'"),
  parseJson: (text: unknown) => JSON.parse(String(text)) as unknown,
  urlEncode: (text: unknown) => encodeURIComponent(String(text)),
  urlDecode: (text: unknown) => decodeURIComponent(String(text)),
  base64Encode: (text: unknown) => Buffer.from(String(text)).toString('base64'),
  base64Decode: (text: unknown) => Buffer.from(String(text), 'base64').toString(),
};

function input(body: string, exchange: Exchange): object {
  const { request, pathParameters } = exchange;
  const query = (name: string): string | undefined => request.query.get(name)?.at(-1);
  const all = {
    path: pathParameters,
    querystring: Object.fromEntries([...request.query].map(([name, values]) => [name, values.at(-1) ?? ''])),
    header: request.headers,
  };
  const select = (path: string): unknown => {
    const value: unknown = body.trim() === '' ? {} : JSON.parse(body);
    return path === '$' ? value : JSONPath({ path, json: value as object, wrap: false, eval: false });
  };
  return {
    body,
    json: (path: string) => JSON.stringify(select(path) ?? ''),
    path: (path: string) => select(path) ?? '',
    params: (name?: string) => {
      if (name === undefined) return all;
      return all.path[name] ?? query(name) ?? header(request.headers, name) ?? '';
    },
  };
}

/** The template for a media type, and whether any is there. */
export function templateFor(templates: Readonly<Record<string, string>> | undefined, contentType: string | undefined): string | undefined {
  const mediaType = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  for (const [type, template] of Object.entries(templates ?? {})) if (type.toLowerCase() === mediaType) return template;
  return undefined;
}
