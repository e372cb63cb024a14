import type { Shape, StructureShape, TimestampShape } from '../model/shape.ts';
import { formatTimestamp, fromBase64, isRecord, outputError, parseTimestamp, put, serializationError, toBase64 } from './values.ts';

/** How a format writes what JSON has no type for. */
export interface Dialect {
  readBlob(value: unknown, path: string): Uint8Array;
  writeBlob(value: unknown, path: string): unknown;
  readTimestamp(value: unknown, path: string): Date;
  writeTimestamp(shape: TimestampShape, value: unknown, path: string): unknown;
  writeNumber(value: number): unknown;
}

export const JSON_DIALECT: Dialect = {
  readBlob(value, path) {
    if (typeof value !== 'string') throw mismatch(path, value, 'Blob');
    return fromBase64(value, path);
  },
  writeBlob: toBase64,
  readTimestamp: parseTimestamp,
  writeTimestamp: (shape, value, path) => formatTimestamp(shape, value, 'epoch-seconds', path),
  writeNumber: (value) => (Number.isFinite(value) ? value : String(value)),
};

/** The value of a shape, from a parsed document. `null` means absent, but in sparse lists and maps. */
export function readDocument(shape: Shape, value: unknown, dialect: Dialect, path = ''): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(path, value, 'String');
      return value;
    case 'number':
      if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
      throw mismatch(path, value, 'Number');
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(path, value, 'Boolean');
      return value;
    case 'blob':
      return dialect.readBlob(value, path);
    case 'timestamp':
      return dialect.readTimestamp(value, path);
    case 'list': {
      if (!Array.isArray(value)) throw mismatch(path, value, 'List');
      const { item } = shape;
      const list: unknown[] = [];
      for (const [index, entry] of value.entries()) {
        if (entry !== null) list.push(readDocument(item.shape, entry, dialect, `${path}[${index}]`));
        else if (shape.sparse) list.push(null);
      }
      return list;
    }
    case 'map': {
      if (!isRecord(value)) throw mismatch(path, value, 'Map');
      const map: Record<string, unknown> = {};
      for (const key of Object.keys(value)) {
        const entry = value[key];
        if (entry !== null) put(map, key, readDocument(shape.slots.value.shape, entry, dialect, `${path}.${key}`));
        else if (shape.sparse) put(map, key, null);
      }
      return map;
    }
    case 'structure':
      if (!isRecord(value)) throw mismatch(path, value, 'Structure');
      return readStructure(shape, value, dialect, path);
    case 'document':
      return value;
    case 'unit':
      return {};
  }
}

/** The document of a value. Members the shape does not have are left out, as AWS's SDKs would ignore them. */
export function writeDocument(shape: Shape, value: unknown, dialect: Dialect, path = ''): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') throw outputError(path, 'a string', value);
      return value;
    case 'number':
      if (typeof value === 'bigint') return Number(value);
      if (typeof value !== 'number') throw outputError(path, 'a number', value);
      return dialect.writeNumber(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw outputError(path, 'a boolean', value);
      return value;
    case 'blob':
      return dialect.writeBlob(value, path);
    case 'timestamp':
      return dialect.writeTimestamp(shape, value, path);
    case 'list': {
      if (!Array.isArray(value)) throw outputError(path, 'an array', value);
      const { item } = shape;
      const list: unknown[] = [];
      for (const [index, entry] of value.entries()) {
        if (entry !== null && entry !== undefined) list.push(writeDocument(item.shape, entry, dialect, `${path}[${index}]`));
        else if (shape.sparse) list.push(null);
      }
      return list;
    }
    case 'map': {
      if (!isRecord(value)) throw outputError(path, 'an object', value);
      const map: Record<string, unknown> = {};
      for (const key of Object.keys(value)) {
        const entry = value[key];
        if (entry !== null && entry !== undefined) put(map, key, writeDocument(shape.slots.value.shape, entry, dialect, `${path}.${key}`));
        else if (shape.sparse && entry === null) put(map, key, null);
      }
      return map;
    }
    case 'structure': {
      if (!isRecord(value)) throw outputError(path, 'an object', value);
      const structure: Record<string, unknown> = {};
      for (const key of Object.keys(value)) {
        const member = shape.members.get(key);
        const entry = value[key];
        if (member && entry !== null && entry !== undefined)
          structure[key] = writeDocument(member.shape, entry, dialect, path ? `${path}.${key}` : key);
      }
      return structure;
    }
    case 'document':
      return value;
    case 'unit':
      return {};
  }
}

function readStructure(shape: StructureShape, value: Readonly<Record<string, unknown>>, dialect: Dialect, path: string): object {
  const structure: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = shape.members.get(key);
    const entry = value[key];
    if (member && entry !== null) structure[key] = readDocument(member.shape, entry, dialect, path ? `${path}.${key}` : key);
  }
  return structure;
}

export function mismatch(path: string, value: unknown, expected: string) {
  const got =
    value === null
      ? 'NULL_VALUE'
      : Array.isArray(value)
        ? 'START_ARRAY'
        : `${(typeof value === 'object' ? 'structure' : typeof value).toUpperCase()}_VALUE`;
  return serializationError(path, `${got} cannot be converted to ${expected}`);
}
