import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import { type Read, read, type Sight } from './reader.ts';

/** A field of a template that could not be filled in. */
export interface TemplateProblem {
  /** The member's name, with its `.$`. */
  readonly field: string;
  readonly path: string;
  readonly read: Extract<Read, { found: false }>;
}

export type Filled = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: TemplateProblem };

/** Fills in a payload template: members whose names end in `.$` are paths or intrinsic functions, all else stands as it is. */
export function fillTemplate(template: Json, sight: Sight): Filled {
  try {
    return { ok: true, value: fill(template, sight) };
  } catch (error) {
    if (error instanceof Unfilled) return { ok: false, problem: error.problem };
    throw error;
  }
}

class Unfilled extends Error {
  readonly problem: TemplateProblem;

  constructor(problem: TemplateProblem) {
    super(problem.field);
    this.problem = problem;
  }
}

function fill(template: Json, sight: Sight): Json {
  if (isArray(template)) return template.map((item) => (isObject(item) || isArray(item) ? fill(item, sight) : item));
  if (!isObject(template)) return template;
  const filled: Record<string, Json> = {};
  for (const [key, value] of Object.entries(template as JsonObject)) {
    if (!key.endsWith('.$') || typeof value !== 'string') {
      filled[key] = fill(value, sight);
      continue;
    }
    const result = read(value, sight);
    if (!result.found) throw new Unfilled({ field: key, path: value, read: result });
    filled[key.slice(0, -2)] = result.value;
  }
  return filled;
}
