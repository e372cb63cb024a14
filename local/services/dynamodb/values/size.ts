import { type AttributeValue, type Item, memberOf } from './attribute-value.ts';
import { numberSize } from './number.ts';

/** Sizes as DynamoDB counts them, in bytes. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */

const CONTAINER = 3;
const ELEMENT = 1;
const ASCII = /^[\0-\x7f]*$/;

export function textSize(text: string): number {
  return ASCII.test(text) ? text.length : Buffer.byteLength(text);
}

export function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return textSize(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.M !== undefined) {
    return CONTAINER + Object.keys(value.M).length * ELEMENT + itemSize(value.M);
  }
  if (value.L !== undefined) return value.L.reduce((sum, element) => sum + ELEMENT + valueSize(element), CONTAINER);
  if (value.B !== undefined) return value.B.length;
  if (value.SS !== undefined) return value.SS.reduce((sum, member) => sum + textSize(member), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, member) => sum + numberSize(member), 0);
  if (value.BS !== undefined) return value.BS.reduce((sum, member) => sum + member.length, 0);
  return 1;
}

export function itemSize(item: Item): number {
  let size = 0;
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value) size += textSize(name) + valueSize(value);
  }
  return size;
}

/** Size of some of an item's attributes: what an index projects, or its key. */
export function attributesSize(item: Item, names: Iterable<string>): number {
  let size = 0;
  for (const name of names) {
    const value = memberOf(item, name);
    if (value) size += textSize(name) + valueSize(value);
  }
  return size;
}
