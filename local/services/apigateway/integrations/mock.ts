import { GatewayError } from '../gateway-error.ts';
import type { RunIntegration } from './integration.ts';
import { integrationBody, integrationResponse } from './mapping.ts';

/** `MOCK`: the request template says with which status the gateway answers itself. */
export const mock: RunIntegration = (_host, exchange, integration) => {
  const text = integrationBody(exchange, integration);
  // The template's result is JSON of a lenient kind: CDK writes `{ statusCode: 204 }`.
  const status = /["']?statusCode["']?\s*:\s*["']?(\d{3})/.exec(text)?.[1];
  if (status === undefined) {
    return Promise.reject(
      new GatewayError('API_CONFIGURATION_ERROR', { detail: 'Execution failed due to configuration error: Unable to parse statusCode' }),
    );
  }
  exchange.integrationStatus = Number(status);
  return Promise.resolve(integrationResponse(exchange, integration, { selector: status, headers: {}, body: '' }));
};
