/**
 * Sequence numbers have 56 digits, as AWS's do: when the shard came to be, a count within the shard, the shard.
 * All have the same length, so that they sort as text, and those of a shard come after those of its parents.
 */
export interface SequenceSpace {
  readonly createdAtSeconds: number;
  /** Counts the times that the stream was cut anew. */
  readonly generation: number;
  readonly shardIndex: number;
}

const LEAD = '49';

/** The number of the record at `position`; records of a shard count from 1. */
export function sequenceNumber(space: SequenceSpace, position: number): string {
  return head(space) + String(position).padStart(26, '0') + String(space.shardIndex).padStart(12, '0');
}

/** The position that a sequence number of this shard means; undefined for another shard's. */
export function positionOf(space: SequenceSpace, number: string): number | undefined {
  const lead = head(space);
  if (number.length !== 56 || !/^\d+$/.test(number) || !number.startsWith(lead)) return undefined;
  return Number(number.slice(44)) === space.shardIndex ? Number(number.slice(lead.length, 44)) : undefined;
}

function head({ createdAtSeconds, generation }: SequenceSpace): string {
  return LEAD + String(createdAtSeconds).padStart(10, '0') + String(generation).padStart(6, '0');
}
