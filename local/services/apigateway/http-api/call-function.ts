import type { InvocationResponse } from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/index.ts';
import type { GatewayState } from '../handle-request.ts';
import { functionOf } from '../integrations/lambda.ts';
import { HttpApiError, type HttpExchange } from './exchange.ts';

/** Calls the function of an integration or an authorizer. @throws HttpApiError when Lambda refuses the call */
export async function callFunction(
  { kernel }: GatewayState,
  exchange: HttpExchange,
  uri: string,
  credentials: string | undefined,
  sourceArn: string,
  event: object,
): Promise<InvocationResponse> {
  const FunctionName = functionOf(uri, exchange.stage.variables) ?? uri;
  try {
    return (await kernel.call({
      service: 'lambda',
      operation: 'Invoke',
      input: { FunctionName, Payload: Buffer.from(JSON.stringify(event)) },
      principal: credentials ?? 'apigateway.amazonaws.com',
      sourceArn,
    })) as InvocationResponse;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const busy = error.status === 429;
    throw new HttpApiError(busy ? 503 : 500, busy ? 'Service Unavailable' : 'Internal Server Error', error.message, error);
  }
}
