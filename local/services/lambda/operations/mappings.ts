import type {
  CreateEventSourceMappingRequest,
  DeleteEventSourceMappingRequest,
  EventSourceMappingConfiguration,
  GetEventSourceMappingRequest,
  ListEventSourceMappingsRequest,
  ListEventSourceMappingsResponse,
  UpdateEventSourceMappingRequest,
} from '@aws-sdk/client-lambda';
import { operation } from './operation.ts';

const create = operation((lambda, { FunctionName, ...input }: CreateEventSourceMappingRequest): EventSourceMappingConfiguration => {
  return lambda.mappings.create(lambda.functions.resolve(FunctionName), input);
});

const update = operation((lambda, { UUID, FunctionName, ...input }: UpdateEventSourceMappingRequest): EventSourceMappingConfiguration => {
  if (FunctionName !== undefined) lambda.functions.resolve(FunctionName);
  return lambda.mappings.update(UUID, input);
});

const remove = operation(
  (lambda, input: DeleteEventSourceMappingRequest): EventSourceMappingConfiguration => lambda.mappings.remove(input.UUID),
);

const get = operation((lambda, input: GetEventSourceMappingRequest): EventSourceMappingConfiguration => lambda.mappings.get(input.UUID));

const list = operation((lambda, input: ListEventSourceMappingsRequest): ListEventSourceMappingsResponse => {
  const functionArn = input.FunctionName === undefined ? undefined : lambda.functions.resolve(input.FunctionName).arn;
  return { EventSourceMappings: lambda.mappings.list(functionArn, input.EventSourceArn) };
});

export const mappingOperations = {
  CreateEventSourceMapping: create,
  UpdateEventSourceMapping: update,
  DeleteEventSourceMapping: remove,
  GetEventSourceMapping: get,
  ListEventSourceMappings: list,
};
