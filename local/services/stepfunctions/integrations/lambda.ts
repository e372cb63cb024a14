import type { InvocationRequest, InvocationResponse } from '@aws-sdk/client-lambda';
import type { TaskAnswer } from '../interpreter/flow.ts';
import { isObject, type Json, type JsonObject, Payload, parseJson } from '../json.ts';
import { type ErrorNames, refused } from './errors.ts';
import type { Integration } from './integration.ts';
import { sdkMetadata } from './metadata.ts';

const NAMES: ErrorNames = { prefix: 'Lambda', base: 'AWSLambdaException', service: 'AWSLambda', style: 'v1' };

/** `arn:aws:states:::lambda:invoke`: the answer wraps the function's own in `Payload`. */
export const invokeFunction: Integration = async (call, context) => {
  const { Payload: payload, ...rest } = call.parameters.value as JsonObject;
  const input = { ...rest, Payload: bytes(payload ?? {}) } as unknown as InvocationRequest;
  return await invoke(call.roleArn, input, context, (response, output) => {
    const requestId = context.uuid();
    const { FunctionError: _, Payload: __, ...members } = response;
    return Payload.of({
      ...(members as unknown as JsonObject),
      ExecutedVersion: response.ExecutedVersion ?? '$LATEST',
      Payload: output,
      ...sdkMetadata(requestId, response.StatusCode ?? 200),
      StatusCode: response.StatusCode ?? 200,
    });
  });
};

/** A function's ARN as the resource: the state's input is the event, the function's answer the result. */
export const invokeDirectly: Integration = async (call, context) => {
  const input: InvocationRequest = { FunctionName: call.resource.arn, Payload: bytes(call.parameters.value) };
  return await invoke(call.roleArn, input, context, (_, output) => Payload.of(output));
};

async function invoke(
  principal: string,
  input: InvocationRequest,
  context: Parameters<Integration>[1],
  result: (response: InvocationResponse, output: Json) => Payload,
): Promise<TaskAnswer> {
  let response: InvocationResponse;
  try {
    response = (await context.call({ service: 'lambda', operation: 'Invoke', input, principal })) as InvocationResponse;
  } catch (error) {
    return refused(error, NAMES, context.uuid());
  }
  const text = Buffer.from(response.Payload ?? new Uint8Array()).toString('utf8');
  if (response.FunctionError !== undefined) return functionFailed(text);
  const parsed = parseJson(text);
  return { kind: 'succeeded', output: result(response, parsed.ok ? parsed.value : text) };
}

/** The error's name is the `errorType` that the function's runtime reports. */
function functionFailed(text: string): TaskAnswer {
  const parsed = parseJson(text);
  const type = parsed.ok && isObject(parsed.value) ? parsed.value.errorType : undefined;
  if (typeof type === 'string' && type !== '') return { kind: 'failed', error: type, cause: text };
  const cause = `The cause could not be determined because Lambda did not return an error type. Returned payload: ${text}`;
  return { kind: 'failed', error: 'Lambda.Unknown', cause };
}

function bytes(value: Json): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
