import { validation } from '../errors.ts';
import type { Layer } from '../wording.ts';

/**
 * DynamoDB's numbers: up to 38 significant digits, magnitude 1E-130 to 9.9…E+125, exact.
 *
 * Within the service a number is always in the form in which DynamoDB gives it back: plain decimals, no exponent, no needless
 * zeros, no `-0`. Equal numbers are therefore equal strings.
 */
export type PlainNumber = string;

const MAX_DIGITS = 38;
const MAX_EXPONENT = 126;
const MIN_EXPONENT = -129;
const SIMPLE_INTEGER = /^(?:0|-?[1-9]\d{0,36})$/;
const NUMBER = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/;

/** A number as 0.digits × 10^exponent; `digits` neither starts nor ends with a zero, and is empty for zero. */
interface Parts {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const MAX_EXPONENT_TEXT = 9_223_372_036_854_775_807n;

/** @throws AwsError when `text` is no number, or one that DynamoDB can't hold */
export function parseNumber(text: string, layer: Layer = 'current'): PlainNumber {
  if (SIMPLE_INTEGER.test(text)) return text;
  const match = NUMBER.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  const exponent = BigInt(match?.[4] ?? 0);
  if (!match || whole.length + fraction.length === 0 || exponent > MAX_EXPONENT_TEXT || exponent < -MAX_EXPONENT_TEXT) {
    const shown = text === '' && layer === 'older' ? '' : `: ${text}`;
    throw validation(`The parameter cannot be converted to a numeric value${shown}`);
  }
  const digits = whole + fraction;
  if (/^0*$/.test(digits)) requireMagnitude(Number(exponent) + 1);
  return limited(trimmed(match[1] === '-', digits, whole.length + Number(exponent)));
}

function trimmed(negative: boolean, allDigits: string, exponent: number): Parts {
  let start = 0;
  while (start < allDigits.length && allDigits[start] === '0') start += 1;
  let end = allDigits.length;
  while (end > start && allDigits[end - 1] === '0') end -= 1;
  return { negative, digits: allDigits.slice(start, end), exponent: exponent - start };
}

function limited(parts: Parts): PlainNumber {
  if (parts.digits === '') return '0';
  requireMagnitude(parts.exponent);
  if (parts.digits.length > MAX_DIGITS) throw validation('Attempting to store more than 38 significant digits in a Number');
  return plain(parts);
}

function requireMagnitude(exponent: number): void {
  if (exponent > MAX_EXPONENT) {
    throw validation('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (exponent < MIN_EXPONENT) {
    throw validation('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
}

function plain({ negative, digits, exponent }: Parts): PlainNumber {
  const sign = negative ? '-' : '';
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`;
  if (exponent >= digits.length) return `${sign}${digits}${'0'.repeat(exponent - digits.length)}`;
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

function partsOf(number: PlainNumber): Parts {
  const negative = number.startsWith('-');
  const body = negative ? number.slice(1) : number;
  const point = body.indexOf('.');
  return point < 0 ? trimmed(negative, body, body.length) : trimmed(negative, body.slice(0, point) + body.slice(point + 1), point);
}

/** Decimals of up to 15 digits are told apart exactly by doubles. */
const EXACT_AS_DOUBLE = 15;

export function compareNumbers(a: PlainNumber, b: PlainNumber): number {
  if (a === b) return 0;
  if (a.length <= EXACT_AS_DOUBLE && b.length <= EXACT_AS_DOUBLE) return Number(a) - Number(b);
  return orderedNumber(a) < orderedNumber(b) ? -1 : 1;
}

/** @throws AwsError when the sum does not fit a number: it is never rounded */
export function addNumbers(a: PlainNumber, b: PlainNumber): PlainNumber {
  if (a.length <= EXACT_AS_DOUBLE && b.length <= EXACT_AS_DOUBLE && !a.includes('.') && !b.includes('.')) {
    return String(Number(a) + Number(b));
  }
  const left = partsOf(a);
  const right = partsOf(b);
  const unit = Math.min(left.exponent - left.digits.length, right.exponent - right.digits.length);
  const sum = scaled(left, unit) + scaled(right, unit);
  const digits = (sum < 0n ? -sum : sum).toString();
  return limited(trimmed(sum < 0n, digits, digits.length + unit));
}

function scaled({ negative, digits, exponent }: Parts, unit: number): bigint {
  if (digits === '') return 0n;
  const value = BigInt(digits + '0'.repeat(exponent - digits.length - unit));
  return negative ? -value : value;
}

export function negateNumber(number: PlainNumber): PlainNumber {
  if (number === '0') return number;
  return number.startsWith('-') ? number.slice(1) : `-${number}`;
}

/** A string for each number such that strings are in the order of the numbers. */
export function orderedNumber(number: PlainNumber): string {
  const { negative, digits, exponent } = partsOf(number);
  if (digits === '') return '1';
  if (!negative) return `2${String(exponent + 300)}${digits}`;
  let complement = '';
  for (let i = 0; i < digits.length; i += 1) complement += 9 - Number(digits[i]);
  return `0${String(500 - exponent)}${complement}~`;
}

/**
 * Bytes that a number takes: one, one for each two significant digits before the point and for each two after it, and one for a
 * minus sign. (Zeros at either end are not significant: 1E125 takes two bytes.)
 */
export function numberSize(number: PlainNumber): number {
  const { negative, digits, exponent } = partsOf(number);
  const before = Math.min(Math.max(exponent, 0), digits.length);
  return 1 + Math.ceil(before / 2) + Math.ceil((digits.length - before) / 2) + (negative ? 1 : 0);
}
