/** Capacity units. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */

const READ_UNIT = 4096;
const WRITE_UNIT = 1024;

/** Units of a read of `bytes`: half as many when it may be stale, at least one step. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT)) * (consistent ? 1 : 0.5);
}

/** Units of a write of an item of `bytes`, the larger of before and after. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT));
}
