import { AwsError } from '../../kernel/index.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function alreadyExists(message: string): AwsError {
  return new AwsError('ResourceAlreadyExistsException', message);
}

export function limitExceeded(): AwsError {
  return new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
}

/** A regular expression, and how AWS spells it in its messages. */
export interface TextPattern {
  readonly test: RegExp;
  readonly shown: string;
}

/** One member of a request and what its model demands of it. */
export interface Constraint {
  /** The member as AWS names it: `name`, `targets.1.member.id`. */
  readonly at: string;
  readonly value: string | undefined;
  readonly longest?: number;
  readonly pattern?: TextPattern;
  readonly oneOf?: readonly string[];
}

/** @throws AwsError ValidationException that lists every constraint which does not hold */
export function validate(...constraints: readonly Constraint[]): void {
  const problems = constraints.flatMap(({ at, value, longest, pattern, oneOf }) => {
    const fail = (rule: string): string => `Value '${value}' at '${at}' failed to satisfy constraint: Member must ${rule}`;
    if (value === undefined) return [`Value null at '${at}' failed to satisfy constraint: Member must not be null`];
    const found: string[] = [];
    if (pattern && !pattern.test.test(value)) found.push(fail(`satisfy regular expression pattern: ${pattern.shown}`));
    if (longest !== undefined && value.length > longest) found.push(fail(`have length less than or equal to ${longest}`));
    if (oneOf && !oneOf.includes(value)) found.push(fail(`satisfy enum value set: [${oneOf.join(', ')}]`));
    return found;
  });
  if (problems.length === 0) return;
  throw validationError(`${problems.length} validation error${problems.length > 1 ? 's' : ''} detected: ${problems.join('; ')}`);
}

/** Names of rules, targets, archives and connections. */
export const NAME: TextPattern = { test: /^[.\-_A-Za-z0-9]+$/, shown: '[\\.\\-_A-Za-z0-9]+' };
