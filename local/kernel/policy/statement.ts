import { isConditionOperator } from './operators.ts';
/** One value or several, as policy documents write both. */
export type OneOrMany<T> = T | readonly T[];

/** Who a statement speaks of: everyone, or principals by kind. */
export type PrincipalElement = '*' | Readonly<Record<string, OneOrMany<string>>>;

/** Operator → condition key → accepted values. */
export type ConditionElement = Readonly<Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>>;

/** A statement of a policy document, as IAM writes it. A statement of an identity policy has no principal. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: ConditionElement;
}

export type ParsedPolicy =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly problem: string };

/** Reads a policy document, given as an object or as JSON. */
export function parsePolicy(document: unknown): ParsedPolicy {
  let value = document;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return { ok: false, problem: 'the document is not JSON' };
    }
  }
  if (!isRecord(value)) return { ok: false, problem: 'the document is not an object' };
  const listed = value.Statement;
  const statements: unknown[] = Array.isArray(listed) ? listed : listed === undefined ? [] : [listed];
  for (const [index, statement] of statements.entries()) {
    const problem = problemOf(statement);
    if (problem) return { ok: false, problem: `statement ${index} ${problem}` };
  }
  return { ok: true, statements: statements as Statement[] };
}

/** The values of an element that may be written as one or as a list. */
export function many<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function problemOf(statement: unknown): string | undefined {
  if (!isRecord(statement)) return 'is not an object';
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') return 'has no Effect of Allow or Deny';
  if (statement.Action === undefined && statement.NotAction === undefined) return 'has neither Action nor NotAction';
  const conditions = statement.Condition;
  const unknown = isRecord(conditions) ? Object.keys(conditions).find((name) => !isConditionOperator(name)) : undefined;
  if (unknown !== undefined) return `has the condition operator '${unknown}', which IAM does not have`;
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
