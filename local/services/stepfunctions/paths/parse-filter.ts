import { PathReader, PathSyntaxError } from './parse-path.ts';
import type { Filter, Operand } from './path.ts';

const OPERATORS = ['==', '!=', '<=', '>=', '=~', '<', '>'];
const WORDS = ['in', 'nin', 'subsetof', 'anyof', 'noneof', 'size', 'empty', 'contains'];

/** Reads a filter expression: comparisons and existence tests joined by `&&`, `||`, `!` and parentheses. */
export class FilterReader {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  read(): Filter {
    this.#expect('(');
    const filter = this.#or();
    this.#expect(')');
    return filter;
  }

  #or(): Filter {
    let left = this.#and();
    while (this.#take('||')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Filter {
    let left = this.#unary();
    while (this.#take('&&')) left = { kind: 'and', left, right: this.#unary() };
    return left;
  }

  #unary(): Filter {
    if (this.#take('!')) return { kind: 'not', filter: this.#unary() };
    if (this.#take('(')) {
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    const left = this.#operand();
    const operator = this.#operator();
    if (operator === undefined) return { kind: 'exists', operand: left };
    return { kind: 'compare', operator, left, right: this.#operand() };
  }

  #operator(): string | undefined {
    this.#space();
    const symbol = OPERATORS.find((each) => this.#text.startsWith(each, this.at));
    if (symbol !== undefined) {
      this.at += symbol.length;
      return symbol;
    }
    const word = /^[a-z]+/i.exec(this.#text.slice(this.at))?.[0];
    if (word === undefined || !WORDS.includes(word.toLowerCase())) return undefined;
    this.at += word.length;
    return word.toLowerCase();
  }

  #operand(): Operand {
    this.#space();
    const char = this.#text[this.at];
    if (char === '@' || char === '$') {
      const reader = new PathReader(this.#text, this.at + 1);
      const path = reader.read();
      this.at = reader.at;
      return { kind: 'path', from: char === '@' ? 'item' : 'root', path };
    }
    if (char === '/') return this.#regex();
    return { kind: 'literal', value: this.#literal() };
  }

  #literal(): unknown {
    this.#space();
    const char = this.#text[this.at];
    if (char === "'" || char === '"') return this.#string(char);
    if (char === '[') return this.#list();
    const word = /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/.exec(this.#text.slice(this.at))?.[0];
    if (word === undefined) throw new PathSyntaxError(`A value is missing at position ${this.at} of ${this.#text}`);
    this.at += word.length;
    return JSON.parse(word);
  }

  #list(): unknown[] {
    this.#expect('[');
    const items: unknown[] = [];
    if (this.#take(']')) return items;
    do items.push(this.#literal());
    while (this.#take(','));
    this.#expect(']');
    return items;
  }

  #string(quote: string): string {
    this.at += 1;
    let text = '';
    for (;;) {
      const char = this.#text[this.at];
      if (char === undefined) throw new PathSyntaxError(`A text is not closed in ${this.#text}`);
      this.at += 1;
      if (char === quote) return text;
      if (char === '\\') {
        text += this.#text[this.at] ?? '';
        this.at += 1;
      } else text += char;
    }
  }

  #regex(): Operand {
    const match = /^\/((?:\\.|[^/\\])*)\/([a-z]*)/.exec(this.#text.slice(this.at));
    if (!match) throw new PathSyntaxError(`A regular expression is not closed in ${this.#text}`);
    this.at += match[0].length;
    try {
      return { kind: 'regex', pattern: new RegExp(`^(?:${match[1]})$`, match[2]?.replaceAll(/[^imsu]/g, '')) };
    } catch (error) {
      throw new PathSyntaxError(`Not a regular expression: ${match[0]}`, { cause: error });
    }
  }

  #take(text: string): boolean {
    this.#space();
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new PathSyntaxError(`'${text}' is missing at position ${this.at} of ${this.#text}`);
  }

  #space(): void {
    while (this.#text[this.at] === ' ') this.at += 1;
  }
}
