import { validation } from '../errors.ts';
import { type AttributeValue, copyValue, type Item, memberOf, setMember } from '../values/attribute-value.ts';
import { projectionTree } from './cache.ts';
import { type PathTree, pathTree } from './path-tree.ts';
import type { Path } from './paths.ts';
import type { Placeholders } from './placeholders.ts';

/** Which parts of an item are wanted. */
export interface Projection {
  readonly paths: readonly Path[];
  /** A copy of the wanted parts; empty if the item has none of them. */
  of(item: Item): Record<string, AttributeValue>;
}

export function bindProjection(text: string, placeholders: Placeholders): Projection {
  return projectionOf(
    projectionTree(text).map((node) => placeholders.path(node, 'ProjectionExpression')),
    (problem) => validation(`Invalid ProjectionExpression: ${problem}`),
  );
}

export function projectionOf(paths: readonly Path[], refuse: (problem: string) => Error): Projection {
  const tree = pathTree(paths, refuse);
  return { paths, of: (item) => members(tree, item) };
}

function members(tree: PathTree, item: Item): Record<string, AttributeValue> {
  const wanted: Record<string, AttributeValue> = {};
  for (const [name, child] of tree.names ?? []) {
    const value = memberOf(item, name);
    const part = value && partOf(child, value);
    if (part) setMember(wanted, name, part);
  }
  return wanted;
}

/** A map or list of which nothing is wanted that it has is left out. */
function partOf(tree: PathTree, value: AttributeValue): AttributeValue | undefined {
  if (tree.leaf) return copyValue(value);
  if (tree.names && value.M) {
    const M = members(tree, value.M);
    return Object.keys(M).length > 0 ? { M } : undefined;
  }
  if (tree.positions && value.L) {
    const L: AttributeValue[] = [];
    for (const [position, child] of tree.positions) {
      const element = value.L[position];
      const part = element && partOf(child, element);
      if (part) L.push(part);
    }
    return L.length > 0 ? { L } : undefined;
  }
  return undefined;
}
