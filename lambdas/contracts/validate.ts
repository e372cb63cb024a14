import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ContractError, type FieldProblem } from './contract-error.ts';

/** Any validator that implements Standard Schema 1: zod, valibot, arktype, … (https://standardschema.dev). */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;

/** What a schema accepts. */
export type InputOf<S extends Schema> = StandardSchemaV1.InferInput<S>;

/** What a schema makes of what it accepts. */
export type OutputOf<S extends Schema> = StandardSchemaV1.InferOutput<S>;

/** Valid, with the schema's own output (defaults filled in, unknown keys dropped if it does so), or every problem found. */
export type Validation<Output> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/**
 * Checks a value against a schema. A schema that throws has a problem with the value as a whole.
 *
 * @throws ContractError `MILLRACE_CONTRACT_ASYNC_SCHEMA` when the schema answers with a promise: contracts are checked in the middle of
 * synchronous decisions, and a check that waits for the outside is not a property of the value. zod does so, too, when a refinement throws.
 */
export function validate<S extends Schema>(schema: S, value: unknown): Validation<OutputOf<S>> {
  let result: ReturnType<S['~standard']['validate']>;
  try {
    result = schema['~standard'].validate(value) as typeof result;
  } catch (error) {
    return {
      ok: false,
      problems: [{ field: '', message: `could not be checked: ${error instanceof Error ? error.message : String(error)}` }],
    };
  }
  if (result instanceof Promise) {
    // Nobody waits for it: its rejection would end the process.
    result.catch(() => {});
    throw new ContractError(
      'MILLRACE_CONTRACT_ASYNC_SCHEMA',
      `The ${schema['~standard'].vendor} schema validates asynchronously, or a refinement of it threw. Take asynchronous refinements out of the contract and check them in the handler; let others return false.`,
    );
  }
  if (result.issues === undefined) return { ok: true, value: result.value as OutputOf<S> };
  return { ok: false, problems: result.issues.flatMap((issue) => problemsOf(issue, value)) };
}

function problemsOf(issue: StandardSchemaV1.Issue, value: unknown): FieldProblem[] {
  const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const details = issue as StandardSchemaV1.Issue & IssueDetails;
  // One problem for each unknown key, so that a caller can mark the field itself.
  if (details.code === 'unrecognized_keys' && details.keys) {
    return details.keys.map((key) => ({ field: fieldName([...path, key]), message: 'is not a known field' }));
  }
  return [{ field: fieldName(path), message: describe(issue.message, details, isMissing(value, path)) }];
}

function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return true;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at === undefined;
}

/** `['passengers', 2, 'name']` → `passengers[2].name`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}

/** What zod's issues carry beside their message. */
interface IssueDetails {
  readonly code?: string;
  readonly expected?: string;
  readonly origin?: string;
  readonly format?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
}

const BARE_MESSAGE = 'Invalid input';

/**
 * `zod/mini` carries no messages (they are a third of its size): every issue reads "Invalid input". The issue itself says enough to do
 * better; messages that an author or another library wrote are left alone.
 */
function describe(message: string, issue: IssueDetails, missing: boolean): string {
  if (message !== BARE_MESSAGE) return message;
  if (missing) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected ?? 'another type')}`;
    case 'too_small':
      if (issue.minimum === 1 && issue.inclusive !== false && unit(issue.origin) !== '') return 'must not be empty';
      return `must ${size(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `must ${size(issue.origin)} ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_format':
      return `must be a valid ${issue.format}`;
    case 'invalid_value':
      return `must be ${(issue.values ?? []).map((value) => JSON.stringify(value)).join(' or ')}`;
    default:
      return 'is not valid';
  }
}

function article(type: string): string {
  return type === 'int' ? 'an integer' : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function size(origin: string | undefined): string {
  return origin === 'string' || origin === 'array' || origin === 'set' || origin === 'map' ? 'have' : 'be';
}

function unit(origin: string | undefined): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' || origin === 'map' ? ' elements' : '';
}
