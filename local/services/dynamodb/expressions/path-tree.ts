import { describePath, type Path } from './paths.ts';

/** The paths of one expression, by their steps; each ends in a leaf, and none leads through another's leaf. */
export interface PathTree {
  leaf?: Path;
  names?: Map<string, PathTree>;
  /** Kept in the order of the positions. */
  positions?: Map<number, PathTree>;
}

/** @throws Error made by `refuse` when two paths overlap (`a`, `a.b`) or take one value for a map and for a list (`a.b`, `a[0]`) */
export function pathTree(paths: readonly Path[], refuse: (problem: string) => Error): PathTree {
  const root: PathTree = {};
  for (const path of paths) add(root, path, refuse);
  return sorted(root);
}

function add(root: PathTree, path: Path, refuse: (problem: string) => Error): void {
  const clash = (how: string, other: Path | undefined): Error =>
    refuse(
      `Two document paths ${how} with each other; must remove or rewrite one of these paths; ` +
        `path one: ${describePath(other ?? path)}, path two: ${describePath(path)}`,
    );
  let node = root;
  for (const step of path) {
    if (node.leaf) throw clash('overlap', node.leaf);
    if (typeof step === 'number' ? node.names : node.positions) throw clash('conflict', anyPath(node));
    let next: PathTree | undefined;
    if (typeof step === 'number') {
      node.positions ??= new Map();
      next = node.positions.get(step) ?? {};
      node.positions.set(step, next);
    } else {
      node.names ??= new Map();
      next = node.names.get(step) ?? {};
      node.names.set(step, next);
    }
    node = next;
  }
  const other = node.leaf ?? anyPath(node);
  if (other) throw clash('overlap', other);
  node.leaf = path;
}

function anyPath(node: PathTree): Path | undefined {
  if (node.leaf) return node.leaf;
  for (const child of node.names?.values() ?? node.positions?.values() ?? []) return anyPath(child);
  return undefined;
}

function sorted(node: PathTree): PathTree {
  if (node.positions) node.positions = new Map([...node.positions].sort(([a], [b]) => a - b));
  for (const child of node.names?.values() ?? node.positions?.values() ?? []) sorted(child);
  return node;
}
