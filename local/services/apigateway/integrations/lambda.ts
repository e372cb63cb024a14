import type { InvocationResponse } from '@aws-sdk/client-lambda';
import { AwsError, arn, type Kernel } from '../../../kernel/index.ts';
import type { Exchange } from '../exchange.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Integration } from '../model.ts';
import { proxyEvent } from '../proxy-event.ts';
import { proxyResponse } from '../proxy-response.ts';
import type { RunIntegration } from './integration.ts';

/** ARN of the function in an integration's URI, its stage variables put in; undefined when it is no function's. */
export function functionOf(uri: string | undefined, variables: Readonly<Record<string, string>>): string | undefined {
  const functionArn = /:lambda:path\/[^/]+\/functions\/(.+)\/invocations$/.exec(uri ?? '')?.[1];
  return functionArn?.replace(/\$\{stageVariables\.([^}]+)\}/g, (_all, name: string) => variables[name] ?? '');
}

/** On whose behalf the API calls: the method's ARN, `*` for what varies in the path. */
export function methodArn({ api, stage, request, resource }: Exchange): string {
  const path = (resource?.path ?? '/').replace(/\{[^}]+\}/g, '*');
  return arn('execute-api', `${api.id}/${stage.name}/${request.method}${path}`);
}

export async function callFunction(
  kernel: Kernel,
  exchange: Exchange,
  integration: Pick<Integration, 'Uri' | 'Credentials'>,
  event: string,
): Promise<InvocationResponse> {
  const FunctionName = functionOf(integration.Uri, exchange.stage.variables);
  if (FunctionName === undefined) throw new GatewayError('API_CONFIGURATION_ERROR', { detail: `${integration.Uri} is no function` });
  try {
    return (await kernel.call({
      service: 'lambda',
      operation: 'Invoke',
      input: { FunctionName, Payload: Buffer.from(event) },
      principal: integration.Credentials ?? 'apigateway.amazonaws.com',
      sourceArn: methodArn(exchange),
    })) as InvocationResponse;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.status === 413) throw new GatewayError('REQUEST_TOO_LARGE', { detail: error.message, cause: error });
    // Lambda refused the call: no permission, no such function, no capacity.
    const detail = error.status === 403 ? 'Invalid permissions on Lambda function' : error.message;
    throw new GatewayError('INTEGRATION_FAILURE', { detail: `Execution failed due to configuration error: ${detail}`, cause: error });
  }
}

/** `AWS_PROXY`: the whole request to a function, its answer as the response. */
export const lambdaProxy: RunIntegration = async ({ kernel }, exchange, integration) => {
  const output = await callFunction(kernel, exchange, integration, JSON.stringify(proxyEvent(exchange)));
  const payload = output.Payload ?? new Uint8Array();
  exchange.integrationStatus = output.StatusCode;
  if (output.FunctionError !== undefined) {
    const detail = `Lambda execution failed with status 200 due to customer function error: ${Buffer.from(payload).toString()}`;
    throw new GatewayError('DEFAULT_5XX', { detail });
  }
  return proxyResponse(exchange, payload);
};
