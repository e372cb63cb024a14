import { contextVariable, contextVariables } from './context-variables.ts';
import type { Exchange } from './exchange.ts';
import { header, type ParsedRequest } from './request.ts';

/** Where the answer of an integration can be looked at. */
export interface IntegrationAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The value of a mapping expression: `'static'`, `method.request.header.Name`, `integration.response.header.Name`,
 * `context.requestId`, `stageVariables.name`.
 *
 * @returns undefined where there is nothing of that name
 */
export function mappedValue(expression: string, exchange: Exchange, answer?: IntegrationAnswer): string | undefined {
  const literal = /^'(.*)'$/s.exec(expression);
  if (literal) return literal[1];
  const [first, ...rest] = expression.split('.');
  const name = rest.join('.');
  if (first === 'context') return contextVariable(contextVariables(exchange), name);
  if (first === 'stageVariables') return exchange.stage.variables[name];
  if (first === 'method') return requestValue(exchange, name);
  if (first !== 'integration' || !answer) return undefined;
  if (name.startsWith('response.header.')) return header(answer.headers, name.slice('response.header.'.length));
  if (name === 'response.body') return answer.body;
  if (name.startsWith('response.body.')) return memberOf(answer.body, name.slice('response.body.'.length));
  return undefined;
}

function requestValue(exchange: Exchange, name: string): string | undefined {
  const [, kind, ...rest] = name.split('.');
  return requestParameter(exchange.request, exchange.pathParameters, kind ?? '', rest.join('.'));
}

/** A parameter of a request: `header`, `querystring`, `path`, or the `body`. */
export function requestParameter(
  request: ParsedRequest,
  pathParameters: Readonly<Record<string, string>>,
  kind: string,
  name: string,
): string | undefined {
  switch (kind) {
    case 'header':
      return request.repeated[name.toLowerCase()]?.at(-1) ?? header(request.headers, name);
    case 'multivalueheader':
      return request.repeated[name.toLowerCase()]?.join(',') ?? header(request.headers, name);
    case 'querystring':
    case 'multivaluequerystring':
      return request.query.get(name)?.at(-1);
    case 'path':
      return pathParameters[name];
    case 'body':
      return name === '' ? Buffer.from(request.body).toString() : memberOf(Buffer.from(request.body).toString(), name);
    default:
      return undefined;
  }
}

function memberOf(json: string, path: string): string | undefined {
  try {
    let value: unknown = JSON.parse(json);
    for (const part of path.split('.'))
      value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
    return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
