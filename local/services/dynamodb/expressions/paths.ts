import type { AttributeValue, Item } from '../values/attribute-value.ts';
import { memberOf } from '../values/attribute-value.ts';

/** A document path with its names in place: an attribute, then members of maps and positions in lists. */
export type Path = readonly [string, ...(string | number)[]];

export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value = memberOf(item, path[0]);
  for (let i = 1; value && i < path.length; i += 1) value = within(value, path[i] ?? '');
  return value;
}

export function within(value: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === 'number') return value.L?.[step];
  return value.M ? memberOf(value.M, step) : undefined;
}

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, at) => step === b[at]);
}

export function describePath(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}
