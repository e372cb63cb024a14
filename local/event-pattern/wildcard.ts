export type WildcardResult = { readonly ok: true; readonly wildcard: Wildcard } | { readonly ok: false; readonly problem: string };

/** A wildcard as the literal pieces between its asterisks: `a*b` is `['a', 'b']`, `*` is `['', '']`. */
export interface Wildcard {
  readonly pieces: readonly string[];
}

/** Reads a wildcard; `\*` and `\\` stand for the characters themselves. */
export function parseWildcard(text: string): WildcardResult {
  const pieces: string[] = [];
  let piece = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '*') {
      // Positions count from the opening quote, as AWS's messages do.
      if (text[i + 1] === '*') return { ok: false, problem: `Consecutive wildcard characters at pos ${i + 1}` };
      pieces.push(piece);
      piece = '';
    } else if (character === '\\') {
      const escaped = text[i + 1];
      if (escaped !== '*' && escaped !== '\\') return { ok: false, problem: `Invalid escape character at pos ${i + 1}` };
      piece += escaped;
      i += 1;
    } else {
      piece += character;
    }
  }
  return { ok: true, wildcard: { pieces: [...pieces, piece] } };
}

/** Whether the whole of `value` fits; time grows with its length only. */
export function matchesWildcard({ pieces }: Wildcard, value: string): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return value === first;
  const last = pieces[pieces.length - 1] ?? '';
  const end = value.length - last.length;
  if (end < first.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  for (let i = 1; i < pieces.length - 1; i += 1) {
    const piece = pieces[i] ?? '';
    const found = value.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
