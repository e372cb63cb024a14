import type {
  CancelReplayRequest,
  CancelReplayResponse,
  DescribeReplayRequest,
  DescribeReplayResponse,
  ListReplaysRequest,
  ListReplaysResponse,
  Replay as ReplaySummary,
  StartReplayRequest,
  StartReplayResponse,
} from '@aws-sdk/client-eventbridge';
import { AwsError, arn } from '../../kernel/index.ts';
import type { BusEvent } from './bus-event.ts';
import { findBus } from './buses.ts';
import { dispatch } from './dispatch.ts';
import { alreadyExists, limitExceeded, NAME, notFound, validate, validationError } from './errors.ts';
import { page } from './page.ts';
import { route } from './put-events.ts';
import type { EventsScope, Operations } from './scope.ts';
import type { EventsState, Replay } from './state.ts';

const MOST_RUNNING = 10;

function startReplay(input: StartReplayRequest, scope: EventsScope): StartReplayResponse {
  const { state, kernel } = scope;
  validate({ at: 'replayName', value: input.ReplayName, longest: 64, pattern: NAME });
  const name = input.ReplayName ?? '';
  const { EventSourceArn: source = '', EventStartTime: from, EventEndTime: to, Destination } = input;
  const bus = findBus(state, Destination?.Arn);
  const archiveName = source.slice(source.lastIndexOf('/') + 1);
  const archive = state.archives.get(archiveName);
  if (!archive) throw validationError(`Parameter EventSourceArn is not valid. Reason: Archive ${archiveName} does not exist.`);
  if (archive.busName !== bus.name)
    throw validationError('Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.');
  if (state.replays.has(name)) throw alreadyExists(`Replay ${name} already exists.`);
  if (!from || !to || from.getTime() >= to.getTime()) {
    throw validationError('Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.');
  }
  if ([...state.replays.values()].filter(isActive).length >= MOST_RUNNING) throw limitExceeded();
  const filter = Destination?.FilterArns?.length ? { FilterArns: [...Destination.FilterArns] } : {};
  const replay: Replay = {
    name,
    arn: arn('events', `replay/${name}`),
    archiveArn: archive.arn,
    description: input.Description,
    destination: { Arn: bus.arn, ...filter },
    from,
    to,
    startedAt: new Date(kernel.now()),
    state: 'STARTING',
    endedAt: undefined,
    lastReplayed: undefined,
  };
  state.replays.set(name, replay);
  kernel.after(0, () => run(replay, archive.events.between(from.getTime(), to.getTime()), scope), { label: `events: replay ${name}` });
  return { ReplayArn: replay.arn, State: 'STARTING', ReplayStartTime: replay.startedAt };
}

function isActive({ state }: Replay): boolean {
  return state === 'STARTING' || state === 'RUNNING' || state === 'CANCELLING';
}

/** Sends one event a step, so that what it sets off can take place in between. */
function run(replay: Replay, events: readonly BusEvent[], scope: EventsScope): void {
  const { kernel, state } = scope;
  const step = (index: number): void => {
    const event = events[index];
    const bus = state.buses.get(replay.destination.Arn.slice(replay.destination.Arn.indexOf('/') + 1));
    if (!event || !bus || replay.state === 'CANCELLING') {
      replay.state = replay.state === 'CANCELLING' ? 'CANCELLED' : 'COMPLETED';
      replay.endedAt = new Date(kernel.now());
      return;
    }
    replay.state = 'RUNNING';
    replay.lastReplayed = new Date(event.ingestedAt);
    const again = event.replayed(replay.name);
    const only = replay.destination.FilterArns;
    if (!only) route(again, bus, scope);
    else for (const rule of bus.index.match(again)) if (only.includes(rule.arn)) dispatch(again, rule, scope);
    kernel.after(0, () => step(index + 1), { label: `events: replay ${replay.name}` });
  };
  step(0);
}

function findReplay(state: EventsState, name: string | undefined): Replay {
  const replay = state.replays.get(name ?? '');
  if (!replay) throw notFound(`Replay ${name} does not exist.`);
  return replay;
}

function cancelReplay(input: CancelReplayRequest, { state }: EventsScope): CancelReplayResponse {
  const replay = findReplay(state, input.ReplayName);
  if (!isActive(replay)) throw new AwsError('IllegalStatusException', `Replay ${replay.name} is not in a valid state for this operation.`);
  replay.state = 'CANCELLING';
  return { ReplayArn: replay.arn, State: 'CANCELLING' };
}

function summary(replay: Replay): ReplaySummary {
  return {
    ReplayName: replay.name,
    EventSourceArn: replay.archiveArn,
    State: replay.state,
    EventStartTime: replay.from,
    EventEndTime: replay.to,
    ReplayStartTime: replay.startedAt,
    ...(replay.lastReplayed ? { EventLastReplayedTime: replay.lastReplayed } : {}),
    ...(replay.endedAt ? { ReplayEndTime: replay.endedAt } : {}),
  };
}

function describeReplay(input: DescribeReplayRequest, { state }: EventsScope): DescribeReplayResponse {
  const replay = findReplay(state, input.ReplayName);
  const description = replay.description === undefined ? {} : { Description: replay.description };
  return { ...summary(replay), ReplayArn: replay.arn, Destination: replay.destination, ...description };
}

function listReplays(input: ListReplaysRequest, { state }: EventsScope): ListReplaysResponse {
  const replays = [...state.replays.values()].filter(
    (replay) =>
      replay.name.startsWith(input.NamePrefix ?? '') &&
      (input.State === undefined || replay.state === input.State) &&
      (input.EventSourceArn === undefined || replay.archiveArn === input.EventSourceArn),
  );
  const { items, nextToken } = page(replays, input.Limit, input.NextToken);
  return { Replays: items.map(summary), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export const replayOperations = {
  StartReplay: startReplay,
  CancelReplay: cancelReplay,
  DescribeReplay: describeReplay,
  ListReplays: listReplays,
} satisfies Operations;
