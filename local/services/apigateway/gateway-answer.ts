import { contextVariables, substituteContext } from './context-variables.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayError } from './gateway-error.ts';
import type { GatewayResponseSettings } from './model.ts';
import { mappedValue } from './parameters.ts';
import type { GatewayResponse } from './request.ts';

/** The answer that the gateway gives by itself: as the API set it for this type, or for all 4xx or 5xx, or AWS's own. */
export function gatewayAnswer(exchange: Exchange, error: GatewayError): GatewayResponse {
  const responses = exchange.definition.gatewayResponses;
  const settings = responses.get(error.type) ?? responses.get(error.status >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX');
  const status = Number(settings?.statusCode ?? error.status);
  const variables = contextVariables(exchange, { error, status });
  const [mediaType, template] = Object.entries(settings?.responseTemplates ?? {})[0] ?? [
    'application/json',
    '{"message":$context.error.messageString}',
  ];
  const headers: Record<string, string> = {
    'content-type': mediaType,
    'x-amzn-requestid': exchange.requestId,
    'x-amz-apigw-id': exchange.extendedRequestId,
    'x-amzn-errortype': ERROR_NAMES[error.type] ?? 'InternalServerErrorException',
    ...responseHeaders(exchange, settings),
  };
  return { statusCode: status, headers, body: Buffer.from(substituteContext(template, variables, '')) };
}

function responseHeaders(exchange: Exchange, settings: GatewayResponseSettings | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, expression] of Object.entries(settings?.responseParameters ?? {})) {
    const value = mappedValue(expression, exchange);
    if (value !== undefined) headers[name.replace(/^gatewayresponse\.header\./, '').toLowerCase()] = value;
  }
  return headers;
}

const ERROR_NAMES: Readonly<Partial<Record<GatewayError['type'], string>>> = {
  ACCESS_DENIED: 'AccessDeniedException',
  BAD_REQUEST_BODY: 'BadRequestException',
  BAD_REQUEST_PARAMETERS: 'BadRequestException',
  INVALID_API_KEY: 'ForbiddenException',
  INVALID_SIGNATURE: 'InvalidSignatureException',
  MISSING_AUTHENTICATION_TOKEN: 'MissingAuthenticationTokenException',
  QUOTA_EXCEEDED: 'LimitExceededException',
  REQUEST_TOO_LARGE: 'RequestTooLargeException',
  RESOURCE_NOT_FOUND: 'NotFoundException',
  THROTTLED: 'TooManyRequestsException',
  UNAUTHORIZED: 'UnauthorizedException',
  UNSUPPORTED_MEDIA_TYPE: 'UnsupportedMediaTypeException',
};
