import type { ServiceName } from '../../../kernel/index.ts';
import type { TaskAnswer } from '../interpreter/flow.ts';
import { isArray, isObject, type Json, type JsonObject, Payload } from '../json.ts';
import { type ErrorNames, refused } from './errors.ts';
import type { Integration } from './integration.ts';
import { sdkMetadata } from './metadata.ts';
import { asObject, asText, epochDate, fromSdkOutput, isoDate, type Shape, toSdkInput, upperFirst } from './shapes.ts';

/** How an optimized integration differs from a plain call. */
interface Optimized {
  readonly service: ServiceName;
  readonly names: ErrorNames;
  /** Shapes the parameters: texts that may be written as JSON, members that Step Functions adds. */
  prepare?(parameters: JsonObject, context: Parameters<Integration>[1]): JsonObject;
  /** A failure inside an answer that succeeded. */
  failure?(output: JsonObject): TaskAnswer | undefined;
  readonly camel?: boolean;
}

const OPTIMIZED: Readonly<Record<string, Optimized>> = {
  dynamodb: {
    service: 'dynamodb',
    names: { prefix: 'DynamoDB', base: 'AmazonDynamoDBException', service: 'AmazonDynamoDBv2', style: 'v1' },
  },
  sqs: {
    service: 'sqs',
    names: { prefix: 'SQS', base: 'AmazonSQSException', service: 'AmazonSQS', style: 'v1' },
    prepare: (parameters) => withTexts(parameters, 'MessageBody'),
  },
  sns: {
    service: 'sns',
    names: { prefix: 'SNS', base: 'AmazonSNSException', service: 'AmazonSNS', style: 'v1' },
    prepare: (parameters) => withTexts(parameters, 'Message'),
  },
  events: {
    service: 'events',
    names: { prefix: 'EventBridge', base: 'AmazonEventBridgeException', service: 'AmazonEventBridge', style: 'v1' },
    prepare: (parameters, context) => withOrigin(parameters, [context.stateMachineArn, context.executionArn]),
    failure: failedEntries,
  },
  states: {
    service: 'states',
    names: { prefix: 'StepFunctions', base: 'AWSStepFunctionsException', service: 'AWSStepFunctions', style: 'v1' },
    prepare: (parameters) => withTexts(parameters, 'Input'),
    camel: true,
  },
};

/** The optimized integrations other than Lambda's: `dynamodb`, `sqs`, `sns`, `events`, `states`. */
export const callOptimized: Integration = async (call, context) => {
  const { resource } = call;
  const optimized = resource.kind === 'service' ? OPTIMIZED[resource.service] : undefined;
  if (!optimized || resource.kind !== 'service') throw new Error(`No integration with ${resource.arn}.`);
  const camel = optimized.camel ?? false;
  const shape: Shape = { service: optimized.service, camel, dates: camel ? epochDate : isoDate };
  const given = asObject(call.parameters.value);
  const input = toSdkInput(optimized.prepare?.(given, context) ?? given, shape) as object;
  const requestId = context.uuid();
  let output: object;
  try {
    const operation = upperFirst(resource.action);
    output = await context.call({ service: optimized.service, operation, input, principal: call.roleArn });
  } catch (error) {
    return refused(error, optimized.names, requestId);
  }
  const result = fromSdkOutput(output, shape) as JsonObject;
  return optimized.failure?.(result) ?? { kind: 'succeeded', output: Payload.of({ ...result, ...sdkMetadata(requestId) }) };
};

function withTexts(parameters: JsonObject, name: string): JsonObject {
  const text = asText(parameters[name]);
  return text === undefined ? parameters : { ...parameters, [name]: text };
}

/** Entries of `PutEvents`: details as text, and the execution among their resources, as Step Functions adds it. */
function withOrigin(parameters: JsonObject, origin: readonly string[]): JsonObject {
  const entries = parameters.Entries;
  if (!isArray(entries)) return parameters;
  return {
    ...parameters,
    Entries: entries.map((entry): Json => {
      if (!isObject(entry)) return entry;
      const resources = entry.Resources;
      return { ...withTexts(entry, 'Detail'), Resources: [...(isArray(resources) ? resources : []), ...origin] };
    }),
  };
}

function failedEntries(output: JsonObject): TaskAnswer | undefined {
  if (!output.FailedEntryCount) return undefined;
  return { kind: 'failed', error: 'EventBridge.FailedEntry', cause: JSON.stringify(output) };
}
