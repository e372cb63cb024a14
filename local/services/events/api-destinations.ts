import type {
  ApiDestination as ApiDestinationSummary,
  CreateApiDestinationRequest,
  CreateApiDestinationResponse,
  DeleteApiDestinationRequest,
  DescribeApiDestinationRequest,
  DescribeApiDestinationResponse,
  ListApiDestinationsRequest,
  ListApiDestinationsResponse,
} from '@aws-sdk/client-eventbridge';
import { arn } from '../../kernel/index.ts';
import { alreadyExists, NAME, notFound, type TextPattern, validate } from './errors.ts';
import { page } from './page.ts';
import type { EventsScope, Operations } from './scope.ts';
import type { ApiDestination, EventsState } from './state.ts';

const METHODS = ['POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'] as const;

const CONNECTION_ARN: TextPattern = {
  test: /^arn:aws([a-z]|-)*:events:([a-z]|\d|-)*:([0-9]{12})?:connection\/[.\-_A-Za-z0-9]+\/[-A-Za-z0-9]+$/,
  shown: '^arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:connection\\/[\\.\\-_A-Za-z0-9]+\\/[\\-A-Za-z0-9]+$',
};

function findDestination(state: EventsState, name: string | undefined): ApiDestination {
  const destination = state.destinations.get(name ?? '');
  if (!destination) throw notFound(`Failed to describe the api-destination(s). An api-destination '${name}' does not exist.`);
  return destination;
}

function createApiDestination(input: CreateApiDestinationRequest, { state, kernel }: EventsScope): CreateApiDestinationResponse {
  validate(
    { at: 'name', value: input.Name, longest: 64, pattern: NAME },
    {
      at: 'connectionArn',
      value: input.ConnectionArn,
      pattern: CONNECTION_ARN,
    },
    { at: 'httpMethod', value: input.HttpMethod, oneOf: METHODS },
  );
  const name = input.Name ?? '';
  if (state.destinations.has(name)) throw alreadyExists(`An api-destination '${name}' already exists.`);
  const now = new Date(kernel.now());
  const destination: ApiDestination = {
    name,
    arn: arn('events', `api-destination/${name}/${kernel.uuid()}`),
    description: input.Description,
    connectionArn: input.ConnectionArn ?? '',
    endpoint: input.InvocationEndpoint ?? '',
    method: input.HttpMethod ?? 'POST',
    rateLimit: input.InvocationRateLimitPerSecond,
    createdAt: now,
    modifiedAt: now,
  };
  state.destinations.set(name, destination);
  return { ApiDestinationArn: destination.arn, ApiDestinationState: 'ACTIVE', CreationTime: now, LastModifiedTime: now };
}

function deleteApiDestination(input: DeleteApiDestinationRequest, { state }: EventsScope): object {
  state.destinations.delete(findDestination(state, input.Name).name);
  return {};
}

function summary(destination: ApiDestination): ApiDestinationSummary {
  const method = METHODS.find((name) => name === destination.method);
  return {
    Name: destination.name,
    ApiDestinationArn: destination.arn,
    ApiDestinationState: 'ACTIVE',
    ConnectionArn: destination.connectionArn,
    InvocationEndpoint: destination.endpoint,
    ...(method ? { HttpMethod: method } : {}),
    InvocationRateLimitPerSecond: destination.rateLimit ?? 300,
    CreationTime: destination.createdAt,
    LastModifiedTime: destination.modifiedAt,
  };
}

function describeApiDestination(input: DescribeApiDestinationRequest, { state }: EventsScope): DescribeApiDestinationResponse {
  const destination = findDestination(state, input.Name);
  return { ...summary(destination), ...(destination.description === undefined ? {} : { Description: destination.description }) };
}

function listApiDestinations(input: ListApiDestinationsRequest, { state }: EventsScope): ListApiDestinationsResponse {
  const destinations = [...state.destinations.values()].filter(
    ({ name, connectionArn }) =>
      name.startsWith(input.NamePrefix ?? '') && (input.ConnectionArn === undefined || connectionArn === input.ConnectionArn),
  );
  const { items, nextToken } = page(destinations, input.Limit, input.NextToken);
  return { ApiDestinations: items.map(summary), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export const apiDestinationOperations = {
  CreateApiDestination: createApiDestination,
  DeleteApiDestination: deleteApiDestination,
  DescribeApiDestination: describeApiDestination,
  ListApiDestinations: listApiDestinations,
} satisfies Operations;
