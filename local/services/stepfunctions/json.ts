import { LIMITS } from './limits.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** JSON's name of a value's type. */
export function jsonType(value: unknown): 'null' | 'array' | 'object' | 'string' | 'number' | 'boolean' {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'object';
}

/** Deep equality of JSON values; the order of an object's members does not count. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at] ?? null));
  if (!isObject(a) || !isObject(b) || isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key] ?? null, b[key] ?? null));
}

/** Parses JSON text, or says that it is none. */
export function parseJson(text: string): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string } {
  try {
    return { ok: true, value: JSON.parse(text) as Json };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * A value on its way between states, with its JSON text, which the history and the size limit need.
 * The text is made once at most: a state that passes its input on shares it.
 */
export class Payload {
  readonly value: Json;
  #text: string | undefined;

  private constructor(value: Json, text: string | undefined) {
    this.value = value;
    this.#text = text;
  }

  static of(value: Json): Payload {
    return new Payload(value, undefined);
  }

  /** A value whose text is known, such as an execution's input as its caller wrote it. */
  static written(value: Json, text: string): Payload {
    return new Payload(value, text);
  }

  /** An array of payloads, from their texts. */
  static array(items: readonly Payload[]): Payload {
    return new Payload(
      items.map((item) => item.value),
      `[${items.map((item) => item.text).join(',')}]`,
    );
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.value);
    return this.#text;
  }

  /** The same payload when nothing changed, else one of the new value. */
  with(value: Json): Payload {
    return value === this.value ? this : Payload.of(value);
  }

  get tooLarge(): boolean {
    return isTooLarge(this.text);
  }
}

export function isTooLarge(text: string): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8, so most texts need no counting.
  return text.length * 3 > LIMITS.payloadBytes && Buffer.byteLength(text) > LIMITS.payloadBytes;
}
