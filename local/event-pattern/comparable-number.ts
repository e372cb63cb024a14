/** Brackets the text of an inexact number inside JSON until `writeJson` takes it off; no character of anybody's text. */
export const INEXACT_MARK = '\ufdd0';

/** A number that JavaScript cannot hold exactly (19 digits, 1e400), kept as it was written. */
export class InexactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return `${INEXACT_MARK}${this.text}${INEXACT_MARK}`;
  }
}

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Sign, significant digits and exponent: the same for every spelling of one number. */
function canonical(text: string): string | undefined {
  const parts = PARTS.exec(text);
  if (!parts) return undefined;
  const fraction = parts[3] ?? '';
  const digits = `${parts[2] ?? ''}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const exponent = Number(parts[4] ?? 0) - fraction.length + (digits.length - significant.length);
  return `${parts[1] ?? ''}${significant}e${exponent}`;
}

/**
 * The number that a JSON spelling stands for, when a double holds it exactly as written; EventBridge compares such numbers by
 * value (`1`, `1.0` and `1e0` are one) and all others by their spelling.
 */
export function comparableNumber(text: string): number | undefined {
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return canonical(String(value)) === canonical(text) ? value + 0 : undefined;
}
