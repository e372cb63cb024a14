import { batchGet, type Item } from '../inbox/batch-get.ts';
import { NOTHING_HANDLED, type SubjectHead } from '../inbox/decision.ts';
import { headInOwnItem, type NoItem } from '../inbox/own-item.ts';
import { type HeadPlace, headInTable, headOf, lineOf } from '../inbox/records.ts';
import type { BySequence, InItem } from '../inbox/strategy.ts';
import type { Arrival } from './lanes.ts';
import type { ConsumerParts } from './parts.ts';

/** A subject of the batch: where its head is, and how it was last seen. */
export interface KnownLine {
  readonly name: string;
  readonly at: HeadPlace;
  head: SubjectHead;
}

export type Lines = ReadonlyMap<string, KnownLine | NoItem>;

/** The heads of all subjects of a batch. */
export async function readLines(parts: ConsumerParts, arrivals: readonly Arrival[], strategy: BySequence | InItem): Promise<Lines> {
  const lines = new Map<string, KnownLine | NoItem>();
  for (const { reading } of arrivals) {
    if (reading.kind === 'unreadable') continue;
    const name = lineOf(reading.event);
    if (lines.has(name)) continue;
    const at =
      strategy.kind === 'in-item'
        ? headInOwnItem(strategy.item, parts.name, reading.event)
        : headInTable(parts.inboxTable, parts.name, name);
    lines.set(name, 'problem' in at ? at : { name, at, head: NOTHING_HANDLED });
  }
  const known = [...lines.values()].flatMap((line) => ('problem' in line ? [] : [line]));
  for (const table of new Set(known.map(({ at }) => at.table))) {
    const some = known.filter(({ at }) => at.table === table);
    const names = Object.keys(some[0]?.at.key ?? {});
    const idOf = (item: Item): string => JSON.stringify(names.map((name) => item[name]));
    // Subjects of several sources may share an item; it is asked for once.
    const keys = new Map(some.map(({ at }) => [idOf(at.key), at.key]));
    const items = await batchGet(parts.client, table, [...keys.values()]);
    const found = new Map(items.map((item) => [idOf(item), item]));
    for (const line of some) line.head = headOf(found.get(idOf(line.at.key)), line.at.names);
  }
  return lines;
}
