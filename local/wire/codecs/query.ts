import type { Shape, Slot } from '../model/shape.ts';
import { fromBase64, parseBoolean, parseNumber, parseTimestamp, put } from './values.ts';

/** A form taken apart at the dots of its names: `Tags.member.1.Key=a` is `Tags → member → 1 → Key`. */
interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

/** The input of an operation, from the form of the query protocol. */
export function readQuery(shape: Shape, form: URLSearchParams): object {
  const root: Node = { children: new Map() };
  for (const [name, value] of form) {
    let node = root;
    for (const part of name.split('.')) {
      let next = node.children.get(part);
      if (!next) {
        next = { children: new Map() };
        node.children.set(part, next);
      }
      node = next;
    }
    node.value = value;
  }
  const input = readNode({ shape, traits: {} }, root, '');
  return typeof input === 'object' && input !== null ? input : {};
}

function readNode(slot: Slot, node: Node, path: string): unknown {
  const { shape } = slot;
  const value = node.value ?? '';
  switch (shape.kind) {
    case 'string':
    case 'document':
      return value;
    case 'number':
      return parseNumber(value, path);
    case 'boolean':
      return parseBoolean(value, path);
    case 'blob':
      return fromBase64(value, path);
    case 'timestamp':
      return parseTimestamp(value, path);
    case 'unit':
      return {};
    case 'list': {
      // Flattened lists number their items at once; callers of older services mix both forms, and AWS takes both.
      const items = node.children.get(shape.item.xmlName ?? 'member') ?? node;
      return numbered(items).map(([index, item]) => readNode(shape.item, item, `${path}.${index}`));
    }
    case 'map': {
      const { key, value: item } = shape.slots;
      const map: Record<string, unknown> = {};
      for (const [index, entry] of numbered(node.children.get('entry') ?? node)) {
        const name = entry.children.get(key.xmlName ?? 'key')?.value ?? '';
        const held = entry.children.get(item.xmlName ?? 'value');
        if (held) put(map, name, readNode(item, held, `${path}.${index}`));
      }
      return map;
    }
    case 'structure': {
      const structure: Record<string, unknown> = {};
      for (const member of shape.members.values()) {
        // The name of a flattened list may be its items' name or its own.
        const child = node.children.get(member.xmlName ?? member.name) ?? node.children.get(member.name);
        if (child) structure[member.name] = readNode(member, child, path ? `${path}.${member.name}` : member.name);
      }
      return structure;
    }
  }
}

function numbered(node: Node): [number, Node][] {
  const entries: [number, Node][] = [];
  for (const [name, child] of node.children) if (/^\d+$/.test(name)) entries.push([Number(name), child]);
  return entries.sort(([a], [b]) => a - b);
}
