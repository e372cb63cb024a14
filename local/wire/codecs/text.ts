import type { Shape, TimestampFormat } from '../model/shape.ts';
import {
  formatTimestamp,
  fromBase64,
  outputError,
  parseBoolean,
  parseNumber,
  parseTimestamp,
  serializationError,
  toBase64,
} from './values.ts';

/** A value from a label, a query parameter or a header. */
export function readText(shape: Shape, value: string, path: string): unknown {
  switch (shape.kind) {
    case 'string':
    case 'document':
      return value;
    case 'number':
      return parseNumber(value, path);
    case 'boolean':
      return parseBoolean(value, path);
    case 'timestamp':
      return parseTimestamp(value, path);
    case 'blob':
      return fromBase64(value, path);
    case 'list':
      return value === '' ? [] : value.split(',').map((item) => readText(shape.item.shape, item.trim(), path));
    default:
      throw serializationError(path, `A ${shape.kind} cannot be read from text`);
  }
}

/** A value for a header. */
export function writeText(shape: Shape, value: unknown, path: string, format: TimestampFormat = 'http-date'): string {
  switch (shape.kind) {
    case 'timestamp':
      return String(formatTimestamp(shape, value, format, path));
    case 'blob':
      return toBase64(value, path);
    case 'list':
      if (!Array.isArray(value)) throw outputError(path, 'an array', value);
      return value.map((item) => writeText(shape.item.shape, item, path, format)).join(', ');
    default:
      if (typeof value === 'object' || typeof value === 'function') throw outputError(path, 'plain text', value);
      return String(value);
  }
}
