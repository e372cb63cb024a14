import { invalidParameter, validation } from '../errors.ts';
import type { Layer } from '../wording.ts';
import { type AttributeValue, setMember } from './attribute-value.ts';
import { parseNumber } from './number.ts';
import { orderedBinary } from './order.ts';

/** An attribute is at level 1; what lies within may be at level 32. */
const MAX_DEPTH = 31;

/**
 * Checks what a caller gave and copies it: the copy shares nothing with the caller, and its numbers are in plain form.
 *
 * @throws AwsError in DynamoDB's words, for a value that it would not take
 */
export function readValue(value: AttributeValue, layer: Layer = 'current', depth = 0): AttributeValue {
  const type = onlyMember(value);
  switch (type) {
    case 'S':
      return { S: ofType(value.S, 'string') };
    case 'N':
      return { N: parseNumber(ofType(value.N, 'string'), layer) };
    case 'BOOL':
      return { BOOL: ofType(value.BOOL, 'boolean') };
    case 'NULL':
      if (value.NULL !== true) throw invalidParameter('Null attribute value types must have the value of true');
      return { NULL: true };
    case 'M':
      return { M: readAttributes(value.M ?? {}, layer, deeper(depth)) };
    case 'L': {
      const inner = deeper(depth);
      return { L: (value.L ?? []).map((element) => readValue(element, layer, inner)) };
    }
    case 'B':
      return { B: bytes(value.B) };
    default:
      return readSet(type, value, layer);
  }
}

export function readAttributes(
  attributes: Readonly<Record<string, AttributeValue>>,
  layer: Layer = 'current',
  depth = 0,
): Record<string, AttributeValue> {
  const copy: Record<string, AttributeValue> = {};
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value !== undefined) setMember(copy, name, readValue(value, layer, depth));
  }
  return copy;
}

function onlyMember(value: AttributeValue): string {
  let type: string | undefined;
  if (value !== null && typeof value === 'object') {
    for (const name of Object.keys(value)) {
      if ((value as unknown as Record<string, unknown>)[name] === undefined) continue;
      if (type) {
        throw validation('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes');
      }
      type = name;
    }
  }
  if (!type || type.startsWith('$')) {
    throw validation('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  return type;
}

function deeper(depth: number): number {
  if (depth >= MAX_DEPTH) {
    throw validation('Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit');
  }
  return depth + 1;
}

function readSet(type: string, value: AttributeValue, layer: Layer): AttributeValue {
  switch (type) {
    case 'SS': {
      const members = nonEmpty(value.SS, 'string').map((member) => ofType(member, 'string'));
      requireDistinct(members, (shown) => `[${shown.map((member) => (layer === 'older' ? member : `"${member}"`)).join(', ')}]`, layer);
      return { SS: members };
    }
    case 'NS': {
      const members = nonEmpty(value.NS, 'number').map((member) => parseNumber(ofType(member, 'string'), layer));
      if (members.length > 1 && new Set(members).size < members.length) {
        throw layer === 'older'
          ? validation('Input collection contains duplicates')
          : invalidParameter('Input collection contains duplicates.');
      }
      return { NS: members };
    }
    case 'BS': {
      if (!value.BS || value.BS.length === 0) throw invalidParameter('Binary sets should not be empty');
      const members = value.BS.map(bytes);
      requireDistinct(members.map(orderedBinary), (shown) => binarySetText(shown, layer), layer);
      return { BS: members };
    }
    default:
      throw validation('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
}

function binarySetText(members: readonly string[], layer: Layer): string {
  const encoded = members.map((member) => Buffer.from(member, 'latin1').toString('base64'));
  return `[${layer === 'older' ? encoded.join(', ') : encoded.map((member) => `"${member}"`).join(',')}]of type BS`;
}

function nonEmpty<Member>(members: readonly Member[] | undefined, kind: string): readonly Member[] {
  if (!members || members.length === 0) throw invalidParameter(`An ${kind} set  may not be empty`);
  return members;
}

function requireDistinct(members: readonly string[], describe: (shown: readonly string[]) => string, layer: Layer): void {
  const seen = new Set<string>();
  for (const [at, member] of members.entries()) {
    if (seen.has(member)) {
      const shown = layer === 'older' ? members : [...[...seen].sort(), ...members.slice(at)];
      throw invalidParameter(`Input collection ${describe(shown)} contains duplicates.`);
    }
    seen.add(member);
  }
}

function bytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw serialization(value);
  return new Uint8Array(value);
}

function ofType(value: unknown, type: 'string'): string;
function ofType(value: unknown, type: 'boolean'): boolean;
function ofType(value: unknown, type: 'string' | 'boolean'): unknown {
  if (typeof value !== type) throw serialization(value);
  return value;
}

function serialization(value: unknown): Error {
  return validation(`The value ${JSON.stringify(value)} does not have the type that its attribute type asks for`);
}
