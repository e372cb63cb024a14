import type { ListShape, MapShape, Shape, Slot, StructureShape } from '../model/shape.ts';
import { formatTimestamp, isRecord, outputError, toBase64 } from './values.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Parsers turn a bare carriage return into a line feed.
  '\r': '&#xD;',
};

export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character);
}

export function element(name: string, content: string, attributes = ''): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

/** The members of a structure as XML elements, without an element around them. */
export function writeXmlMembers(shape: StructureShape, value: unknown, path = ''): string {
  if (!isRecord(value)) throw outputError(path, 'an object', value);
  let xml = '';
  for (const member of shape.members.values()) {
    const entry = value[member.name];
    if (entry === undefined || entry === null || member.traits.xmlAttribute) continue;
    xml += writeSlot(member, member.xmlName ?? member.name, entry, path ? `${path}.${member.name}` : member.name);
  }
  return xml;
}

/** One value in an element of that name. */
export function writeXml(slot: Slot, name: string, value: unknown, path = '', attributes = ''): string {
  return element(name, content(slot.shape, value, path), `${attributes}${xmlAttributes(slot, value, path)}`);
}

function writeSlot(slot: Slot, name: string, value: unknown, path: string): string {
  const { shape, traits } = slot;
  if (shape.kind === 'list' && traits.xmlFlattened) {
    return listOf(shape, value, path)
      .map((item, index) => writeXml(shape.item, name, item, `${path}[${index}]`))
      .join('');
  }
  if (shape.kind === 'map' && traits.xmlFlattened) {
    return entries(shape, value, path)
      .map((entry) => element(name, entry))
      .join('');
  }
  return writeXml(slot, name, value, path);
}

function content(shape: Shape, value: unknown, path: string): string {
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') throw outputError(path, 'a string', value);
      return escapeXml(value);
    case 'number':
      if (typeof value !== 'number' && typeof value !== 'bigint') throw outputError(path, 'a number', value);
      return String(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw outputError(path, 'a boolean', value);
      return String(value);
    case 'blob':
      return toBase64(value, path);
    case 'timestamp':
      return String(formatTimestamp(shape, value, 'date-time', path));
    case 'list':
      return listOf(shape, value, path)
        .map((item, index) => writeSlot(shape.item, shape.item.xmlName ?? 'member', item, `${path}[${index}]`))
        .join('');
    case 'map':
      return entries(shape, value, path)
        .map((entry) => element('entry', entry))
        .join('');
    case 'structure':
      return writeXmlMembers(shape, value, path);
    case 'document':
      return escapeXml(String(value));
    case 'unit':
      return '';
  }
}

function listOf(_shape: ListShape, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw outputError(path, 'an array', value);
  return value.filter((item) => item !== undefined && item !== null);
}

function entries(shape: MapShape, value: unknown, path: string): string[] {
  if (!isRecord(value)) throw outputError(path, 'an object', value);
  const { key, value: item } = shape.slots;
  return Object.keys(value)
    .filter((name) => value[name] !== undefined && value[name] !== null)
    .map(
      (name) => element(key.xmlName ?? 'key', escapeXml(name)) + writeSlot(item, item.xmlName ?? 'value', value[name], `${path}.${name}`),
    );
}

function xmlAttributes({ shape, traits }: Slot, value: unknown, path: string): string {
  let attributes = '';
  const namespace = traits.xmlNamespace;
  if (Array.isArray(namespace)) attributes += ` xmlns:${namespace[0]}="${escapeXml(String(namespace[1]))}"`;
  if (shape.kind !== 'structure' || !isRecord(value)) return attributes;
  for (const member of shape.members.values()) {
    const entry = value[member.name];
    if (!member.traits.xmlAttribute || entry === undefined || entry === null) continue;
    attributes += ` ${member.xmlName ?? member.name}="${content(member.shape, entry, `${path}.${member.name}`)}"`;
  }
  return attributes;
}
