import type { GetRandomPasswordRequest } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../kernel/index.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Makes a password as Secrets Manager does: of every kind of character that is not excluded at least one, unless told otherwise. */
export function randomPassword(request: GetRandomPasswordRequest, random: () => number): string {
  const length = Number(request.PasswordLength ?? 32);
  const excluded = request.ExcludeCharacters ?? '';
  const kinds = [
    flag(request.ExcludeLowercase) ? '' : LOWER,
    flag(request.ExcludeUppercase) ? '' : UPPER,
    flag(request.ExcludeNumbers) ? '' : DIGITS,
    flag(request.ExcludePunctuation) ? '' : PUNCTUATION,
    flag(request.IncludeSpace) ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !excluded.includes(character)))
    .filter((kind) => kind.length > 0);
  const pool = kinds.flat();
  const required = flag(request.RequireEachIncludedType ?? true) ? kinds : [];
  if (!(length >= 1 && length <= 4096) || pool.length === 0 || length < required.length) {
    throw new AwsError('InvalidParameterException', "The password can't be made of these lengths and characters.");
  }
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  const characters = required.map(pick);
  while (characters.length < length) characters.push(pick(pool));
  // The required ones came first: shuffled (Fisher and Yates), they may be anywhere.
  for (let i = characters.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [characters[i], characters[j]] = [characters[j] ?? '', characters[i] ?? ''];
  }
  return characters.join('');
}

/** CloudFormation gives flags as text, too. */
function flag(value: unknown): boolean {
  return String(value ?? false) === 'true';
}
