import jsonata from 'jsonata';
import { isArray, isObject, type Json } from '../json.ts';
import { DialectError, dialect, type Surroundings } from './functions.ts';

/** One expression of a state, and the field that it stands in (`Output/total`). */
export interface Evaluation {
  readonly expression: string;
  readonly field: string;
}

/** What expressions see: `$states` and the variables, by name without the `$`. */
export type Bindings = Readonly<Record<string, Json>>;

export type Evaluated =
  | { readonly ok: true; readonly values: readonly Json[] }
  | {
      readonly ok: false;
      /** The expression that failed, by its place in the list. */
      readonly at: number;
      /** What follows the name of the expression in AWS's message. */
      readonly problem: string;
    };

/** Evaluations that run away are cut short; the bounds are far above what AWS lets an expression use. */
const BOUNDS = { timeout: 5000, stack: 2000 };
const CACHE_SIZE = 10_000;
const cache = new Map<string, jsonata.Expression>();

/**
 * The compiled expression.
 *
 * @throws the parser's error (`code`, `message`) when it is no JSONata
 */
export function compile(expression: string): jsonata.Expression {
  const known = cache.get(expression);
  if (known) return known;
  const compiled = jsonata(expression, BOUNDS);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(expression, compiled);
  return compiled;
}

/**
 * Evaluates expressions in turn, up to the first that fails. Waits for nothing but its own promises,
 * so it is done before the kernel takes its next step.
 */
export async function evaluate(list: readonly Evaluation[], bindings: Bindings, surroundings: Surroundings): Promise<Evaluated> {
  const scope = { ...dialect(surroundings), ...bindings };
  const values: Json[] = [];
  for (const [at, { expression }] of list.entries()) {
    try {
      const value: unknown = await compile(expression).evaluate(undefined, scope);
      if (value === undefined) return { ok: false, at, problem: 'returned nothing (undefined).' };
      if (typeof value === 'function' || isLambda(value)) return { ok: false, at, problem: 'returned an unsupported result type.' };
      values.push(plain(value));
    } catch (error) {
      return { ok: false, at, problem: `threw an error during evaluation${describe(error)}` };
    }
  }
  return { ok: true, values };
}

function describe(error: unknown): string {
  if (error instanceof DialectError) return `: ${error.message}`;
  const { code, message } = error as { code?: string; message?: string };
  return code === undefined ? `: ${message ?? String(error)}` : `. ${code}: ${message ?? ''}`;
}

function isLambda(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('_jsonata_lambda' in value || '_jsonata_function' in value);
}

/** A copy as plain JSON: JSONata marks its arrays, and leaves out nothing of its own accord. */
function plain(value: unknown): Json {
  if (isArray(value)) return value.map(plain);
  if (isObject(value)) {
    if (isLambda(value)) return '';
    return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, plain(item)]])));
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  if (typeof value === 'function') return '';
  return value as Json;
}
