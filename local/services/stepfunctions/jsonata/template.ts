import { isArray, isObject, type Json } from '../json.ts';
import type { Evaluation } from './evaluate.ts';

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** The expression inside `{% … %}`; undefined when a text is just a text. */
export function expressionIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? EXPRESSION.exec(value)?.[1]?.trim() : undefined;
}

/** The expressions of a template, each with its field: members add `/name`, elements `[index]`. */
export function expressionsIn(template: Json, field: string): Evaluation[] {
  const found: Evaluation[] = [];
  collect(template, field, found);
  return found;
}

function collect(template: Json, field: string, found: Evaluation[]): void {
  const expression = expressionIn(template);
  if (expression !== undefined) found.push({ expression, field });
  else if (isArray(template)) for (const [at, item] of template.entries()) collect(item, `${field}[${at}]`, found);
  else if (isObject(template)) for (const [key, item] of Object.entries(template)) collect(item, `${field}/${key}`, found);
}

/** The template with its expressions replaced, in order, by their values. */
export function substitute(template: Json, values: Iterator<Json>): Json {
  if (expressionIn(template) !== undefined) return values.next().value as Json;
  if (isArray(template)) return template.map((item) => substitute(item, values));
  if (!isObject(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, substitute(item, values)]));
}
