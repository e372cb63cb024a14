import type {
  Archive as ArchiveSummary,
  CreateArchiveRequest,
  CreateArchiveResponse,
  DeleteArchiveRequest,
  DescribeArchiveRequest,
  DescribeArchiveResponse,
  ListArchivesRequest,
  ListArchivesResponse,
  UpdateArchiveRequest,
  UpdateArchiveResponse,
} from '@aws-sdk/client-eventbridge';
import { arn } from '../../kernel/index.ts';
import { findBus } from './buses.ts';
import { compileEventPattern } from './compile-event-pattern.ts';
import { alreadyExists, NAME, notFound, validate, validationError } from './errors.ts';
import { EventStore } from './event-store.ts';
import { page } from './page.ts';
import type { EventsScope, Operations } from './scope.ts';
import type { Archive, EventsState } from './state.ts';

const DAY_MS = 86_400_000;

function findArchive(state: EventsState, name: string | undefined): Archive {
  const archive = state.archives.get(name ?? '');
  if (!archive) throw notFound(`Archive ${name} does not exist.`);
  return archive;
}

function createArchive(input: CreateArchiveRequest, { state, kernel }: EventsScope): CreateArchiveResponse {
  validate(
    { at: 'archiveName', value: input.ArchiveName, longest: 48, pattern: NAME },
    { at: 'eventSourceArn', value: input.EventSourceArn, longest: 1_600 },
  );
  const name = input.ArchiveName ?? '';
  if (state.archives.has(name)) throw alreadyExists(`Archive ${name} already exists.`);
  const bus = findBus(state, input.EventSourceArn);
  const archive: Archive = {
    name,
    arn: arn('events', `archive/${name}`),
    busName: bus.name,
    busArn: bus.arn,
    createdAt: new Date(kernel.now()),
    description: input.Description,
    eventPattern: input.EventPattern,
    pattern: input.EventPattern ? compileEventPattern(input.EventPattern) : undefined,
    retentionDays: input.RetentionDays ?? 0,
    kmsKeyIdentifier: input.KmsKeyIdentifier,
    events: new EventStore(),
  };
  state.archives.set(name, archive);
  bus.archives.set(name, archive);
  return { ArchiveArn: archive.arn, CreationTime: archive.createdAt, State: 'ENABLED' };
}

function updateArchive(input: UpdateArchiveRequest, { state }: EventsScope): UpdateArchiveResponse {
  if (input.EventPattern === undefined && input.RetentionDays === undefined && input.Description === undefined) {
    throw validationError('At least one of EventPattern, RetentionDays or Description must be provided.');
  }
  const archive = findArchive(state, input.ArchiveName);
  if (input.EventPattern !== undefined) {
    archive.pattern = compileEventPattern(input.EventPattern);
    archive.eventPattern = input.EventPattern;
  }
  archive.retentionDays = input.RetentionDays ?? archive.retentionDays;
  archive.description = input.Description ?? archive.description;
  return { ArchiveArn: archive.arn, CreationTime: archive.createdAt, State: 'ENABLED' };
}

function deleteArchive(input: DeleteArchiveRequest, { state }: EventsScope): object {
  const archive = findArchive(state, input.ArchiveName);
  state.archives.delete(archive.name);
  state.buses.get(archive.busName)?.archives.delete(archive.name);
  return {};
}

function summary(archive: Archive, now: number): ArchiveSummary {
  if (archive.retentionDays > 0) archive.events.expire(now - archive.retentionDays * DAY_MS);
  return {
    ArchiveName: archive.name,
    EventSourceArn: archive.busArn,
    State: 'ENABLED',
    RetentionDays: archive.retentionDays,
    SizeBytes: archive.events.bytes,
    EventCount: archive.events.count,
    CreationTime: archive.createdAt,
  };
}

function describeArchive(input: DescribeArchiveRequest, { state, kernel }: EventsScope): DescribeArchiveResponse {
  const archive = findArchive(state, input.ArchiveName);
  return {
    ...summary(archive, kernel.now()),
    ArchiveArn: archive.arn,
    ...(archive.description === undefined ? {} : { Description: archive.description }),
    ...(archive.eventPattern === undefined ? {} : { EventPattern: archive.eventPattern }),
    ...(archive.kmsKeyIdentifier === undefined ? {} : { KmsKeyIdentifier: archive.kmsKeyIdentifier }),
  };
}

function listArchives(input: ListArchivesRequest, { state, kernel }: EventsScope): ListArchivesResponse {
  const source = input.EventSourceArn === undefined ? undefined : findBus(state, input.EventSourceArn).name;
  const archives = [...state.archives.values()].filter(
    ({ name, busName }) => name.startsWith(input.NamePrefix ?? '') && (source === undefined || busName === source),
  );
  const wanted = input.State === undefined || input.State === 'ENABLED' ? archives : [];
  const { items, nextToken } = page(wanted, input.Limit, input.NextToken);
  const Archives = items.map((archive) => summary(archive, kernel.now()));
  return { Archives, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export const archiveOperations = {
  CreateArchive: createArchive,
  UpdateArchive: updateArchive,
  DeleteArchive: deleteArchive,
  DescribeArchive: describeArchive,
  ListArchives: listArchives,
} satisfies Operations;
