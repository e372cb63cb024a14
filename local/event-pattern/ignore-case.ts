/** Where in the value the text must stand. */
export type Anchor = 'whole' | 'start' | 'end';

/**
 * Compares as EventBridge does where case is ignored: character by character, the pattern's upper or lower form
 * (so `ß` also matches `SS`), not a locale's folding.
 */
export function caseInsensitive(text: string, anchor: Anchor): (value: string) => boolean {
  const body = [...text]
    .map((character) => {
      const lower = character.toLowerCase();
      const upper = character.toUpperCase();
      return lower === upper ? literal(lower) : `(?:${literal(lower)}|${literal(upper)})`;
    })
    .join('');
  const expression = new RegExp(`${anchor === 'end' ? '' : '^'}${body}${anchor === 'start' ? '' : '$'}`);
  return (value) => expression.test(value);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
