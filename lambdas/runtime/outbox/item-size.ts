/** DynamoDB's limit of an item: 400 kB, names and values. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * Bytes of an item as DynamoDB counts them: UTF-8 of names and strings, about half a byte for a digit, 3 for a map or list and 1 for each of
 * its members (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 *
 * Numbers are rounded up, so the count may be a few bytes above the real one, never below.
 */
export function itemBytes(item: Readonly<Record<string, unknown>>): number {
  return membersBytes(item, 0);
}

function membersBytes(map: Readonly<Record<string, unknown>>, perMember: number): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(map)) {
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value) + perMember;
  }
  return bytes;
}

function valueBytes(value: unknown): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number' || typeof value === 'bigint') return numberBytes(String(value));
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return [...value].reduce<number>((bytes, member) => bytes + valueBytes(member), 3);
  if (Array.isArray(value)) return value.reduce<number>((bytes, member) => bytes + valueBytes(member) + 1, 3);
  if (typeof value === 'object') return 3 + membersBytes(value as Record<string, unknown>, 1);
  return 0;
}

function numberBytes(text: string): number {
  const digits = text.replace(/e.*$/i, '').replace(/[^0-9]/g, '').length;
  return Math.ceil(digits / 2) + 2;
}
