import { validation } from '../errors.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import type { ExpressionKind, PathNode, SyntaxNode } from './syntax.ts';
import { type Token, tokenize } from './tokens.ts';

const END: Token = { kind: 'end', text: '<EOF>', start: 0, end: 0 };
const MAX_LENGTH = 4096;
const MAX_OPERATORS = 300;
const MAX_INDEX = 0x7fff_ffff;

/** What the grammars have in common: a cursor over tokens, document paths, groups, and DynamoDB's way of reporting errors. */
export class Parser {
  readonly kind: ExpressionKind;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #operators = 0;
  /** Where the group that was closed last begins and ends, to tell `((a))` from `((a) = b)`. */
  #group = { from: -1, to: -1 };
  /** The first thing that is wrong beyond syntax. Errors of syntax are reported before it. */
  #problem: string | undefined;

  constructor(kind: ExpressionKind, text: string) {
    this.kind = kind;
    this.#text = text;
    if (text === '') throw this.error('The expression can not be empty;');
    if (Buffer.byteLength(text) > MAX_LENGTH) {
      throw this.error(`Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}`);
    }
    this.#tokens = tokenize(text);
    const bad = this.#tokens.findIndex((token) => token.kind === 'bad');
    if (bad >= 0) throw this.#syntaxErrorAt(bad);
  }

  get token(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  get following(): Token {
    return this.#tokens[this.#at + 1] ?? END;
  }

  take(): Token {
    const token = this.token;
    this.#at += 1;
    return token;
  }

  looksAt(text: string): boolean {
    const token = this.token;
    return token.kind === 'symbol' ? token.text === text : token.kind === 'identifier' && token.text.toUpperCase() === text;
  }

  /** Takes the next token if it is this symbol, or this keyword in any case. */
  accept(text: string): boolean {
    if (!this.looksAt(text)) return false;
    this.#at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.syntaxError();
  }

  end(): void {
    if (this.token.kind !== 'end') throw this.syntaxError();
    if (this.#problem !== undefined) throw this.error(this.#problem);
  }

  /** Notes what is wrong beyond syntax; the first is reported. */
  note(problem: string): void {
    this.#problem ??= problem;
  }

  countOperator(): void {
    this.#operators += 1;
    if (this.#operators > MAX_OPERATORS) {
      this.note('The expression contains too many operators; operator count: 301');
    }
  }

  path(): PathNode {
    const steps: (string | number)[] = [this.#name()];
    for (;;) {
      if (this.accept('.')) steps.push(this.#name());
      else if (this.accept('[')) {
        steps.push(this.#index());
        this.expect(']');
      } else return { node: 'path', steps };
    }
  }

  #index(): number {
    if (this.token.kind !== 'number') throw this.syntaxError();
    const { text } = this.take();
    if (Number(text) > MAX_INDEX) this.note(`List index is not within the allowable range; index: [${text}]`);
    return Number(text);
  }

  #name(): string {
    const { kind, text } = this.token;
    if (kind !== 'identifier' && kind !== 'name') throw this.syntaxError();
    if (kind === 'identifier') {
      const word = text.toUpperCase();
      if (this.isKeyword(word)) throw this.syntaxError();
      if (RESERVED_WORDS.has(word)) this.note(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
    }
    this.#at += 1;
    return text;
  }

  /** Words of the grammar itself, which are never read as names. */
  isKeyword(_word: string): boolean {
    return false;
  }

  /** What stands in parentheses. */
  group(inner: () => SyntaxNode): SyntaxNode {
    const from = this.#at;
    this.expect('(');
    const node = inner();
    if (this.#group.from === from + 1 && this.#group.to === this.#at - 1) this.note('The expression has redundant parentheses;');
    this.#group = { from, to: this.#at };
    this.expect(')');
    return node;
  }

  list(element: () => SyntaxNode): SyntaxNode[] {
    this.expect('(');
    const elements = [element()];
    while (this.accept(',')) elements.push(element());
    this.expect(')');
    return elements;
  }

  error(problem: string): Error {
    return validation(`Invalid ${this.kind}: ${problem}`);
  }

  syntaxError(): Error {
    return this.#syntaxErrorAt(this.#at);
  }

  #syntaxErrorAt(at: number): Error {
    const token = this.#tokens[at] ?? END;
    const first = this.#tokens[at - 1] ?? (token.kind === 'end' ? { start: 0 } : token);
    const last = this.#tokens[at + 1] ?? token;
    return this.error(`Syntax error; token: "${token.text}", near: "${this.#text.slice(first.start, last.end)}"`);
  }
}
