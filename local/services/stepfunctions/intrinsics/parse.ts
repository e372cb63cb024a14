import { PathReader } from '../paths/parse-path.ts';

/** An intrinsic function's argument, or the call itself. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly text: string }
  | Call;

export interface Call {
  readonly kind: 'call';
  /** Without `States.` */
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** As written. */
  readonly text: string;
}

export class IntrinsicSyntaxError extends Error {}

const CACHE_SIZE = 10_000;
const cache = new Map<string, Call>();

/** Whether a text is meant as a call of an intrinsic function. */
export function isIntrinsic(text: string): boolean {
  return /^States\.[A-Za-z0-9]+\(/.test(text);
}

/**
 * Parses `States.Name(argument, …)`.
 *
 * @throws IntrinsicSyntaxError
 */
export function parseIntrinsic(text: string): Call {
  const known = cache.get(text);
  if (known) return known;
  const reader = new Reader(text);
  const call = reader.call();
  reader.end();
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, call);
  return call;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  call(): Call {
    const start = this.#at;
    const head = /^States\.([A-Za-z0-9]+)\s*\(/.exec(this.#text.slice(start));
    if (!head) throw this.#wrong('A function is expected');
    this.#at += head[0].length;
    const list: Expression[] = [];
    if (!this.#take(')')) {
      do list.push(this.#argument());
      while (this.#take(','));
      if (!this.#take(')')) throw this.#wrong("')' is missing");
    }
    return { kind: 'call', name: head[1] ?? '', arguments: list, text: this.#text.slice(start, this.#at) };
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#wrong('Unexpected text');
  }

  #argument(): Expression {
    this.#space();
    const char = this.#text[this.#at];
    if (char === "'") return { kind: 'literal', value: this.#string() };
    if (char === '$') return { kind: 'path', text: this.#path() };
    if (this.#text.startsWith('States.', this.#at)) return this.call();
    const word = /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/.exec(this.#text.slice(this.#at))?.[0];
    if (word === undefined) throw this.#wrong('An argument is expected');
    this.#at += word.length;
    return { kind: 'literal', value: JSON.parse(word) as number | boolean | null };
  }

  #path(): string {
    const start = this.#at;
    this.#at += /^\$\$?[A-Za-z0-9_]*/.exec(this.#text.slice(start))?.[0].length ?? 1;
    const reader = new PathReader(this.#text, this.#at);
    reader.read();
    this.#at = reader.at;
    return this.#text.slice(start, this.#at);
  }

  /** A text in single quotes. `\{` and `\}` stay escaped, for `States.Format` to tell them from placeholders. */
  #string(): string {
    let text = '';
    for (this.#at += 1; ; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === undefined) throw this.#wrong('A text is not closed');
      if (char === "'") {
        this.#at += 1;
        return text;
      }
      if (char !== '\\') {
        text += char;
        continue;
      }
      this.#at += 1;
      const escaped = this.#text[this.#at];
      if (escaped === undefined || !"'\\{}".includes(escaped)) throw this.#wrong(`'\\${escaped ?? ''}' is no escape`);
      text += escaped === "'" ? escaped : `\\${escaped}`;
    }
  }

  #take(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  #wrong(what: string): IntrinsicSyntaxError {
    return new IntrinsicSyntaxError(`${what} at position ${this.#at} of ${this.#text}`);
  }
}

/** A literal as functions other than `States.Format` see it: with its escapes resolved. */
export function unescapeLiteral(text: string): string {
  return text.replaceAll(/\\([\\{}])/g, '$1');
}
