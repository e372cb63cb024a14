import { FilterReader } from './parse-filter.ts';
import type { Path, Step } from './path.ts';

/** A path that does not parse: what is wrong, and where. */
export class PathSyntaxError extends Error {}

const CACHE_SIZE = 10_000;
const cache = new Map<string, Path>();

/**
 * Parses a JSONPath after its root: the steps of `$.a[0]` are those of `.a[0]`.
 *
 * @throws PathSyntaxError
 */
export function parsePath(text: string): Path {
  const known = cache.get(text);
  if (known) return known;
  if (!text.startsWith('$')) throw new PathSyntaxError(`A path begins with '$': ${text}`);
  const reader = new PathReader(text, 1);
  const path = reader.read();
  if (reader.at < text.length) throw new PathSyntaxError(`Unexpected '${text[reader.at]}' at position ${reader.at} of ${text}`);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, path);
  return path;
}

const FUNCTIONS = ['length', 'size', 'min', 'max', 'avg', 'sum', 'stddev', 'keys', 'first', 'last'];

/** Reads steps from a position in a text until something is no step. */
export class PathReader {
  readonly text: string;
  at: number;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  read(): Path {
    const start = this.at;
    const steps: Step[] = [];
    for (;;) {
      const char = this.text[this.at];
      if (char === '.') this.#dot(steps);
      else if (char === '[') steps.push(this.#bracket());
      else break;
    }
    return { text: this.text.slice(start - 1, this.at), steps, definite: steps.every(isDefinite) };
  }

  #dot(steps: Step[]): void {
    this.at += 1;
    if (this.text[this.at] === '.') {
      this.at += 1;
      steps.push({ kind: 'descend' });
      if (this.text[this.at] === '[') return;
    }
    if (this.text[this.at] === '*') {
      this.at += 1;
      steps.push({ kind: 'wildcard' });
      return;
    }
    const name = this.#name();
    if (this.text.startsWith('()', this.at) && FUNCTIONS.includes(name)) {
      this.at += 2;
      steps.push({ kind: 'call', name });
      return;
    }
    steps.push({ kind: 'names', names: [name] });
  }

  #name(): string {
    const start = this.at;
    while (this.at < this.text.length && !' .[]()=!<>&|,'.includes(this.text[this.at] ?? '')) this.at += 1;
    if (this.at === start) throw new PathSyntaxError(`A name is missing at position ${start} of ${this.text}`);
    return this.text.slice(start, this.at);
  }

  #bracket(): Step {
    this.at += 1;
    this.#space();
    const char = this.text[this.at];
    if (char === "'" || char === '"') return this.#names();
    if (char === '?') return this.#filter();
    if (char === '*') {
      this.at += 1;
      this.#close();
      return { kind: 'wildcard' };
    }
    return this.#numbers();
  }

  #names(): Step {
    const names = [this.#quoted()];
    while (this.#comma()) names.push(this.#quoted());
    this.#close();
    return { kind: 'names', names };
  }

  /** A quoted name. Only its own quote is escaped; any other backslash is part of the name. */
  #quoted(): string {
    const quote = this.text[this.at];
    if (quote !== "'" && quote !== '"') throw new PathSyntaxError(`A quoted name is missing at position ${this.at} of ${this.text}`);
    this.at += 1;
    let name = '';
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) throw new PathSyntaxError(`A quoted name is not closed in ${this.text}`);
      this.at += 1;
      if (char === quote) return name;
      if (char === '\\' && this.text[this.at] === quote) {
        name += quote;
        this.at += 1;
      } else name += char;
    }
  }

  #filter(): Step {
    const reader = new FilterReader(this.text, this.at + 1);
    const filter = reader.read();
    this.at = reader.at;
    this.#close();
    return { kind: 'filter', filter };
  }

  #numbers(): Step {
    const end = this.text.indexOf(']', this.at);
    if (end < 0) throw new PathSyntaxError(`A bracket is not closed in ${this.text}`);
    const inside = this.text.slice(this.at, end).trim();
    this.at = end + 1;
    if (inside.includes(':')) {
      const parts = inside.split(':').map((part) => (part.trim() === '' ? undefined : this.#integer(part)));
      return { kind: 'slice', from: parts[0], to: parts[1], by: parts[2] ?? 1 };
    }
    return { kind: 'indexes', indexes: inside.split(',').map((part) => this.#integer(part)) };
  }

  #integer(text: string): number {
    if (!/^\s*-?\d+\s*$/.test(text)) throw new PathSyntaxError(`'${text}' is no array index in ${this.text}`);
    return Number(text);
  }

  #comma(): boolean {
    this.#space();
    if (this.text[this.at] !== ',') return false;
    this.at += 1;
    this.#space();
    return true;
  }

  #close(): void {
    this.#space();
    if (this.text[this.at] !== ']') throw new PathSyntaxError(`']' is missing at position ${this.at} of ${this.text}`);
    this.at += 1;
  }

  #space(): void {
    while (this.text[this.at] === ' ') this.at += 1;
  }
}

function isDefinite(step: Step): boolean {
  if (step.kind === 'names') return step.names.length === 1;
  if (step.kind === 'indexes') return step.indexes.length === 1;
  return step.kind === 'call';
}
