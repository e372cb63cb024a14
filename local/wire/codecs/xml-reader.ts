import { createRequire } from 'node:module';
import { AwsError } from '../../kernel/index.ts';
import type { Shape, Slot, StructureShape } from '../model/shape.ts';
import { fromBase64, isRecord, parseBoolean, parseNumber, parseTimestamp, put } from './values.ts';

const ATTRIBUTE = '@';
type Xml = Pick<typeof import('fast-xml-parser'), 'XMLParser' | 'XMLValidator'>;
const require = createRequire(import.meta.url);
let loaded: { readonly validate: Xml['XMLValidator']['validate']; readonly parse: (document: string) => unknown } | undefined;

/** The parser, loaded with the first XML that comes: few requests bring any. */
function xml(): NonNullable<typeof loaded> {
  if (loaded) return loaded;
  const { XMLParser, XMLValidator } = require('fast-xml-parser') as Xml;
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: ATTRIBUTE,
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    htmlEntities: true,
  });
  loaded = { validate: (document) => XMLValidator.validate(document), parse: (document) => parser.parse(document) };
  return loaded;
}

/** The value of a structure from an XML document whose root element stands for it, whatever the root's name. */
export function readXml(shape: Shape, document: string): unknown {
  const { validate, parse } = xml();
  if (validate(document) !== true) throw malformed();
  const parsed = parse(document);
  const root = isRecord(parsed) ? Object.entries(parsed).find(([name]) => name !== '#text') : undefined;
  if (!root) throw malformed();
  return readSlot({ shape, traits: {} }, root[1], root[0]);
}

function malformed(): AwsError {
  return new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
}

function readSlot(slot: Slot, node: unknown, path: string): unknown {
  const { shape, traits } = slot;
  switch (shape.kind) {
    case 'string':
    case 'document':
      return textOf(node);
    case 'number':
      return parseNumber(textOf(node), path);
    case 'boolean':
      return parseBoolean(textOf(node), path);
    case 'blob':
      return fromBase64(textOf(node), path);
    case 'timestamp':
      return parseTimestamp(textOf(node), path);
    case 'unit':
      return {};
    case 'list': {
      const items = traits.xmlFlattened ? node : isRecord(node) ? node[shape.item.xmlName ?? 'member'] : undefined;
      return asList(items).map((item, index) => readSlot(shape.item, item, `${path}[${index}]`));
    }
    case 'map': {
      const { key, value } = shape.slots;
      const map: Record<string, unknown> = {};
      for (const entry of asList(traits.xmlFlattened ? node : isRecord(node) ? node.entry : undefined)) {
        if (!isRecord(entry)) continue;
        const name = textOf(entry[key.xmlName ?? 'key']);
        put(map, name, readSlot(value, entry[value.xmlName ?? 'value'], `${path}.${name}`));
      }
      return map;
    }
    case 'structure':
      return readStructure(shape, isRecord(node) ? node : {}, path);
  }
}

function readStructure(shape: StructureShape, node: Readonly<Record<string, unknown>>, path: string): object {
  const structure: Record<string, unknown> = {};
  for (const member of shape.members.values()) {
    const name = member.xmlName ?? member.name;
    const child = node[member.traits.xmlAttribute ? ATTRIBUTE + name : name];
    if (child !== undefined) structure[member.name] = readSlot(member, child, `${path}.${member.name}`);
  }
  return structure;
}

function textOf(node: unknown): string {
  if (typeof node === 'string') return node;
  const inner = isRecord(node) ? node['#text'] : undefined;
  return typeof inner === 'string' ? inner : '';
}

function asList(node: unknown): readonly unknown[] {
  if (node === undefined) return [];
  return Array.isArray(node) ? node : [node];
}
