/** A JSON value that keeps what `JSON.parse` loses: the spelling of numbers, repeated keys, and where each value stands. */
export type JsonNode = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: 'object';
  readonly entries: readonly (readonly [name: string, value: JsonNode])[];
  readonly end: number;
}

export interface JsonArray {
  readonly kind: 'array';
  readonly items: readonly JsonNode[];
  readonly end: number;
}

export interface JsonScalar {
  readonly kind: 'string' | 'number' | 'literal';
  /** A string's content; a number or `true`, `false`, `null` as written. */
  readonly text: string;
  readonly end: number;
}

/** Text that is not JSON. */
export class JsonSyntaxError extends Error {
  /** Offset in the text, in UTF-16 units. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.at = at;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none inside a string
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
const DEEPEST = 1_000;

/** @throws JsonSyntaxError where the text is not JSON, or nests deeper than 1,000 levels */
export function parseJson(text: string): JsonNode {
  let at = 0;

  const skip = (): void => {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
  };
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    const found = expression.exec(text);
    if (!found) return undefined;
    at = expression.lastIndex;
    return found[0];
  };
  const fail = (): never => {
    const found = text[at];
    throw new JsonSyntaxError(found === undefined ? 'Unexpected end-of-input' : `Unexpected character ('${found}')`, at);
  };
  const expect = (character: string): void => {
    skip();
    if (text[at] !== character) fail();
    at += 1;
  };
  /** Reads `item`s up to `close`; the opening character is behind us. */
  const list = (close: string, item: () => void): void => {
    skip();
    if (text[at] === close) {
      at += 1;
      return;
    }
    for (;;) {
      item();
      skip();
      if (text[at] === close) {
        at += 1;
        return;
      }
      expect(',');
    }
  };
  const string = (): string => {
    skip();
    const quoted = take(STRING) ?? fail();
    return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  };
  const value = (depth: number): JsonNode => {
    if (depth > DEEPEST) throw new JsonSyntaxError(`Nested deeper than ${DEEPEST} levels`, at);
    skip();
    switch (text[at]) {
      case '{': {
        at += 1;
        const entries: [string, JsonNode][] = [];
        list('}', () => {
          const name = string();
          expect(':');
          entries.push([name, value(depth + 1)]);
        });
        return { kind: 'object', entries, end: at };
      }
      case '[': {
        at += 1;
        const items: JsonNode[] = [];
        list(']', () => items.push(value(depth + 1)));
        return { kind: 'array', items, end: at };
      }
      case '"':
        return { kind: 'string', text: string(), end: at };
      default: {
        const literal = take(LITERAL);
        if (literal !== undefined) return { kind: 'literal', text: literal, end: at };
        return { kind: 'number', text: take(NUMBER) ?? fail(), end: at };
      }
    }
  };

  const root = value(0);
  skip();
  if (at < text.length) fail();
  return root;
}
