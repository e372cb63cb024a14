import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { lineNamed } from '../../contracts/index.ts';
import type { SubjectHead } from '../inbox/decision.ts';
import { headInOwnItem } from '../inbox/own-item.ts';
import { advanceHead, type HeadPlace, headInTable, headOf, setHead } from '../inbox/records.ts';
import type { InItem } from '../inbox/strategy.ts';
import { transact } from '../inbox/transact.ts';
import { headInRows } from '../projection/layout.ts';
import { lineOfParked, type Parked, parkedSequenceOf } from './parked.ts';
import { findParked, parkedOfLine, removeParked, unparkSeenWrites } from './store.ts';

/** Where a parked message came from, and how to send it there again. */
export interface ParkingPlace {
  readonly client: DynamoDBDocumentClient;
  readonly parkingTable: string;
  /** Of a consumer its inbox table, of a projection its own: where the heads of subjects are. */
  readonly headsTable: string;
  /** The item of a subject, as given to `inItem`, for a consumer whose items carry its inbox. @default the heads are in `headsTable` */
  readonly item?: InItem['item'];
  /** Puts a message into the consumer's queue or the projection's stream. */
  send(payload: string): Promise<void>;
}

/**
 * - `not-found`: nothing is parked there.
 * - `not-first`: something of its subject comes before it: `first` is to be released or dropped, or, where it never came, skipped.
 * - `skipped`: its subject went on without it; only a rebuild of the read model can take it in.
 * - `moved`: the subject has moved on meanwhile; look again.
 */
export type CommandResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not-found' | 'skipped' | 'moved' }
  | { readonly ok: false; readonly reason: 'not-first'; readonly first: number };

/**
 * Lets a parked message go on: sends it where it came from. It leaves the parking table when it has been handled; what waits behind it follows
 * by itself.
 *
 * @param options.payload the message as it was repaired. @default as it came
 */
export async function releaseParked(
  place: ParkingPlace,
  owner: string,
  id: string,
  options: { readonly payload?: string } = {},
): Promise<CommandResult> {
  const parked = await findParked(place.client, place.parkingTable, owner, id);
  if (!parked) return { ok: false, reason: 'not-found' };
  const standing = await standingOf(place, parked);
  if (standing.kind === 'refused') return standing.result;
  await place.send(options.payload ?? parked.payload);
  // In order, its handling removes it; by itself, nobody else does. Sent first: at worst it is handled twice, which counts once.
  // What could not be handled again is back in its place by now, and stays there.
  if (standing.kind === 'alone') await removeParked(place.client, place.parkingTable, parked);
  return { ok: true };
}

/** Gives a parked message up: its subject goes on without it. */
export async function dropParked(place: ParkingPlace, owner: string, id: string): Promise<CommandResult> {
  const parked = await findParked(place.client, place.parkingTable, owner, id);
  if (!parked) return { ok: false, reason: 'not-found' };
  const standing = await standingOf(place, parked);
  if (standing.kind === 'refused' && !parked.skipped) return standing.result;
  if (standing.kind !== 'first') {
    const removed = await removeParked(place.client, place.parkingTable, parked);
    return removed ? { ok: true } : { ok: false, reason: 'moved' };
  }
  const dropped = await transact(place.client, [
    advanceHead(standing.at, standing.head, Date.now()),
    ...(await unparkSeenWrites(place.client, place.parkingTable, parked)),
  ]);
  if (!dropped.ok) return { ok: false, reason: 'moved' };
  await sendNext(place, owner, standing.line, standing.head.head + 1);
  return { ok: true };
}

/**
 * Gives up waiting for events that never came: the subject of a parked message goes on with it.
 *
 * @param id of the first message that is parked behind the gap
 */
export async function skipMissing(place: ParkingPlace, owner: string, id: string): Promise<CommandResult> {
  const parked = await findParked(place.client, place.parkingTable, owner, id);
  if (!parked) return { ok: false, reason: 'not-found' };
  const standing = await standingOf(place, parked);
  if (standing.kind !== 'refused' || standing.result.reason !== 'not-first' || !standing.known) {
    return standing.kind === 'refused' ? standing.result : { ok: true };
  }
  const { head, at, line } = standing.known;
  const sequence = parkedSequenceOf(id) ?? 0;
  const [before] = await parkedOfLine(place.client, place.parkingTable, owner, line, { from: head.head + 1, limit: 1 });
  if (before && before.id !== id) return standing.result;
  const skipped = await transact(place.client, [setHead(at, head, sequence - 1, Date.now())]);
  if (!skipped.ok) return { ok: false, reason: 'moved' };
  await place.send(parked.payload);
  return { ok: true };
}

interface Known {
  readonly line: string;
  readonly at: HeadPlace;
  readonly head: SubjectHead;
}

type Standing =
  /** Next in its subject. */
  | ({ readonly kind: 'first' } & Known)
  /** In no order. */
  | { readonly kind: 'alone' }
  | { readonly kind: 'refused'; readonly result: Extract<CommandResult, { ok: false }>; readonly known?: Known };

async function standingOf(place: ParkingPlace, parked: Parked): Promise<Standing> {
  if (parked.skipped && parked.reason !== 'unreadable') return { kind: 'refused', result: { ok: false, reason: 'skipped' } };
  const line = lineOfParked(parked.id);
  const sequence = parkedSequenceOf(parked.id);
  if (line === undefined || sequence === undefined) return { kind: 'alone' };
  const at = headPlace(place, parked.owner, line);
  if (!at) return { kind: 'alone' };
  const { Item } = await place.client.send(new GetCommand({ TableName: at.table, Key: at.key, ConsistentRead: true }));
  const head = headOf(Item, at.names);
  // A consumer that remembers ids keeps no heads.
  if (!head.parked) return { kind: 'alone' };
  const known: Known = { line, at, head };
  if (sequence > head.head + 1) return { kind: 'refused', result: { ok: false, reason: 'not-first', first: head.head + 1 }, known };
  return sequence === head.head + 1 ? { kind: 'first', ...known } : { kind: 'alone' };
}

function headPlace({ headsTable, item }: ParkingPlace, owner: string, line: string): HeadPlace | undefined {
  const [kind, ...rest] = owner.split('#');
  const name = rest.join('#');
  if (kind === 'consumer' && item) {
    const at = headInOwnItem(item, name, lineNamed(line));
    return 'problem' in at ? undefined : at;
  }
  if (kind === 'consumer') return headInTable(headsTable, name, line);
  if (kind !== 'projection') return undefined;
  const bar = name.lastIndexOf('|');
  return headInRows(headsTable, bar < 0 ? undefined : name.slice(bar + 1), line);
}

/** Sends what waits next in a subject, so that its consumer goes on. */
async function sendNext(place: ParkingPlace, owner: string, line: string, head: number): Promise<void> {
  const [next] = await parkedOfLine(place.client, place.parkingTable, owner, line, { from: head + 1, limit: 1 });
  if (next && parkedSequenceOf(next.id) === head + 1) await place.send(next.payload);
}
