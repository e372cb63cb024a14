/**
 * A copy of a request or an answer, as going over the wire would make one: neither side can change the other's data, and
 * members that are `undefined` are gone. Streams and other objects with behaviour are handed over as they are.
 */
export function plainCopy<Value>(value: Value): Value {
  return copy(value) as Value;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Date) return new Date(value.getTime());
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined || typeof member === 'function') continue;
    if (key === '__proto__')
      Object.defineProperty(result, key, { value: copy(member), enumerable: true, configurable: true, writable: true });
    else result[key] = copy(member);
  }
  return result;
}
