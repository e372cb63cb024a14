import { type Envelope, sequenceOf } from '../../contracts/index.ts';
import { carry } from '../inbox/carry.ts';
import type { SubjectHead } from '../inbox/decision.ts';
import { advanceHead, type HeadPlace, headOf, lineOf } from '../inbox/records.ts';
import { MOST_WRITES, type TransactItem, transact } from '../inbox/transact.ts';
import { parkedIdOf } from '../parking/parked.ts';
import { unparkWrites } from '../parking/store.ts';
import { type Applied, apply } from './apply.ts';
import type { ConsumerParts } from './parts.ts';
import type { Reading } from './when.ts';

/** Applies the event that is next in its subject: the head moves on with its effects, and it leaves the parking table. */
export async function applyInLine(
  parts: ConsumerParts,
  reading: Extract<Reading, { kind: 'event' | 'other' }>,
  at: HeadPlace,
  known: SubjectHead,
  receives: number,
): Promise<Applied> {
  // It may lie in the parking table too, from an earlier delivery.
  const unparks = known.parked ? await unparkEvent(parts, reading.event) : [];
  let left: readonly TransactItem[] = [];
  const applied = await apply(
    parts,
    reading,
    {
      with: (effects) => {
        const writes = carry(at, known, advanceHead(at, known, Date.now()), effects);
        // Effects that fill a transaction leave no room; behind the head, its entry in the parking table is no longer looked at.
        left = writes.length + unparks.length > MOST_WRITES ? unparks : [];
        return left.length > 0 ? writes : [...writes, ...unparks];
      },
      moved: (item) => {
        const now = headOf(item, at.names);
        return now.head !== known.head || now.parkings !== known.parkings;
      },
    },
    receives,
  );
  if (applied.kind === 'done') await transact(parts.client, left);
  return applied;
}

function unparkEvent(parts: ConsumerParts, event: Envelope): Promise<TransactItem[]> {
  return unparkWrites(parts.client, parts.parkingTable, parts.owner, parkedIdOf(lineOf(event), sequenceOf(event)));
}
