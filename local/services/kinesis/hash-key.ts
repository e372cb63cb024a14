import { createHash } from 'node:crypto';

/** A stretch of the 128-bit space that partition keys are hashed into; both ends belong to it. */
export interface HashKeyRange {
  readonly start: bigint;
  readonly end: bigint;
}

const SPACE = 1n << 128n;

/** Where a partition key falls: its MD5 as a number. */
export function hashKey(partitionKey: string): bigint {
  return BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
}

/** Cuts the whole space into equal ranges. */
export function evenRanges(count: number): HashKeyRange[] {
  const size = SPACE / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    start: size * BigInt(index),
    end: index === count - 1 ? SPACE - 1n : size * BigInt(index + 1) - 1n,
  }));
}

export function contains(range: HashKeyRange, key: bigint): boolean {
  return key >= range.start && key <= range.end;
}

/** Reads a hash key that a request names; undefined unless it lies in the space. */
export function parseHashKey(text: string): bigint | undefined {
  if (!/^(0|[1-9]\d{0,38})$/.test(text)) return undefined;
  const key = BigInt(text);
  return key < SPACE ? key : undefined;
}
