export type TokenKind = 'identifier' | 'name' | 'value' | 'number' | 'symbol' | 'end' | 'bad';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const NEXT = /\s*(?:([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([0-9]+)|(<>|<=|>=|[=<>()[\],.+-]))/y;
const SPACE = /\s*/y;

/** Splits an expression. What is no token becomes a `bad` one of a single character, which no grammar accepts. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    const start = SPACE.lastIndex;
    if (start >= text.length) break;
    NEXT.lastIndex = start;
    const match = NEXT.exec(text);
    const end = match ? NEXT.lastIndex : start + 1;
    tokens.push({ kind: match ? kindOf(match) : 'bad', text: text.slice(start, end), start, end });
    at = end;
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: text.length, end: text.length });
  return tokens;
}

function kindOf(match: RegExpExecArray): TokenKind {
  if (match[1] !== undefined) return 'identifier';
  if (match[2] !== undefined) return 'name';
  if (match[3] !== undefined) return 'value';
  return match[4] !== undefined ? 'number' : 'symbol';
}
