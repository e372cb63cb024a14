import type {
  CreateEventBusRequest,
  CreateEventBusResponse,
  DeleteEventBusRequest,
  DescribeEventBusRequest,
  DescribeEventBusResponse,
  ListEventBusesRequest,
  ListEventBusesResponse,
  UpdateEventBusRequest,
  UpdateEventBusResponse,
} from '@aws-sdk/client-eventbridge';
import { arn } from '../../kernel/index.ts';
import { alreadyExists, notFound, validate, validationError } from './errors.ts';
import { page } from './page.ts';
import { RuleIndex } from './rule-index.ts';
import type { EventsScope, Operations } from './scope.ts';
import { type Bus, type EventsState, tagMap } from './state.ts';

export const DEFAULT_BUS = 'default';

/** The name in a bus's name or ARN. */
export function busName(nameOrArn: string | undefined): string {
  const name = nameOrArn ?? DEFAULT_BUS;
  return name.startsWith('arn:') ? name.slice(name.indexOf('/') + 1) : name;
}

/** @throws AwsError ResourceNotFoundException */
export function findBus(state: EventsState, nameOrArn: string | undefined): Bus {
  const name = busName(nameOrArn);
  const bus = state.buses.get(name);
  if (!bus) throw notFound(`Event bus ${name} does not exist.`);
  return bus;
}

export function makeBus(name: string, now: number, input: Partial<CreateEventBusRequest> = {}): Bus {
  return {
    name,
    arn: arn('events', `event-bus/${name}`),
    createdAt: new Date(now),
    modifiedAt: new Date(now),
    description: input.Description,
    kmsKeyIdentifier: input.KmsKeyIdentifier,
    deadLetterArn: input.DeadLetterConfig?.Arn,
    statements: [],
    rules: new Map(),
    index: new RuleIndex(),
    archives: new Map(),
    tags: tagMap(input.Tags),
  };
}

function createEventBus(input: CreateEventBusRequest, { state, kernel }: EventsScope): CreateEventBusResponse {
  validate({ at: 'name', value: input.Name, longest: 256, pattern: { test: /^[/.\-_A-Za-z0-9]+$/, shown: '[/\\.\\-_A-Za-z0-9]+' } });
  const name = input.Name ?? '';
  if (state.buses.has(name)) throw alreadyExists(`Event bus ${name} already exists.`);
  const bus = makeBus(name, kernel.now(), input);
  state.buses.set(name, bus);
  return { EventBusArn: bus.arn, ...(bus.description === undefined ? {} : { Description: bus.description }) };
}

function updateEventBus(input: UpdateEventBusRequest, { state, kernel }: EventsScope): UpdateEventBusResponse {
  const bus = findBus(state, input.Name);
  bus.modifiedAt = new Date(kernel.now());
  bus.description = input.Description ?? bus.description;
  bus.kmsKeyIdentifier = input.KmsKeyIdentifier ?? bus.kmsKeyIdentifier;
  bus.deadLetterArn = input.DeadLetterConfig?.Arn ?? bus.deadLetterArn;
  return { Arn: bus.arn, Name: bus.name };
}

function deleteEventBus(input: DeleteEventBusRequest, { state }: EventsScope): object {
  const name = busName(input.Name);
  if (name === DEFAULT_BUS) throw validationError('Cannot delete event bus default.');
  const bus = findBus(state, name);
  for (const rule of bus.rules.values()) rule.timer?.cancel();
  state.buses.delete(name);
  return {};
}

function describe(bus: Bus): DescribeEventBusResponse {
  return {
    Name: bus.name,
    Arn: bus.arn,
    CreationTime: bus.createdAt,
    LastModifiedTime: bus.modifiedAt,
    ...(bus.description === undefined ? {} : { Description: bus.description }),
    ...(bus.statements.length === 0 ? {} : { Policy: JSON.stringify({ Version: '2012-10-17', Statement: bus.statements }) }),
  };
}

function describeEventBus(input: DescribeEventBusRequest, { state }: EventsScope): DescribeEventBusResponse {
  const bus = findBus(state, input.Name);
  return {
    ...describe(bus),
    ...(bus.kmsKeyIdentifier === undefined ? {} : { KmsKeyIdentifier: bus.kmsKeyIdentifier }),
    ...(bus.deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: bus.deadLetterArn } }),
  };
}

function listEventBuses(input: ListEventBusesRequest, { state }: EventsScope): ListEventBusesResponse {
  const buses = [...state.buses.values()].filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
  const { items, nextToken } = page(buses, input.Limit, input.NextToken);
  return { EventBuses: items.map(describe), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export const busOperations = {
  CreateEventBus: createEventBus,
  UpdateEventBus: updateEventBus,
  DeleteEventBus: deleteEventBus,
  DescribeEventBus: describeEventBus,
  ListEventBuses: listEventBuses,
} satisfies Operations;
