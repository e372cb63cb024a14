import { OPERATORS, parseOperatorName } from './operators.ts';
import { type ConditionElement, many } from './statement.ts';

/** What is known of a request, by condition key (`aws:SourceArn`). Keys compare without regard to case. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[]>>;

/**
 * Whether every condition holds.
 *
 * @throws Error for an operator that IAM does not have, because ignoring one would grant more than was written
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function conditionsHold(conditions: ConditionElement | undefined, keys: ConditionKeys): boolean {
  if (!conditions) return true;
  for (const [name, byKey] of Object.entries(conditions)) {
    for (const [key, accepted] of Object.entries(byKey)) {
      const expected = many(accepted).map((value) => substitute(String(value), keys));
      if (!holds(name, expected, lookUp(keys, key))) return false;
    }
  }
  return true;
}

function holds(name: string, expected: readonly string[], actual: readonly string[] | undefined): boolean {
  const { quantifier, operatorName, ifExists } = parseOperatorName(name);
  if (operatorName === 'Null') {
    const absent = actual === undefined;
    return expected.some((value) => (value.toLowerCase() === 'true') === absent);
  }
  const operator = OPERATORS[operatorName];
  if (!operator) throw new Error(`A policy has the condition operator '${name}', which IAM does not have. Correct its name.`);
  if (actual === undefined || actual.length === 0) {
    if (ifExists || quantifier === 'ForAllValues') return true;
    return operator.negated === true && quantifier === undefined;
  }
  const passes = (value: string): boolean => expected.some((candidate) => operator.test(candidate, value)) !== (operator.negated ?? false);
  if (quantifier === 'ForAllValues') return actual.every(passes);
  if (quantifier === 'ForAnyValue' || !operator.negated) return actual.some(passes);
  return actual.every(passes);
}

function lookUp(keys: ConditionKeys, key: string): readonly string[] | undefined {
  const exact = keys[key];
  if (exact !== undefined) return many(exact);
  const wanted = key.toLowerCase();
  for (const [name, value] of Object.entries(keys)) if (name.toLowerCase() === wanted) return many(value);
  return undefined;
}

/** Puts the request's values in place of policy variables such as `${aws:PrincipalArn}`; `${*}`, `${?}` and `${$}` stand for themselves. */
function substitute(value: string, keys: ConditionKeys): string {
  if (!value.includes('${')) return value;
  return value.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name;
    return lookUp(keys, name)?.[0] ?? whole;
  });
}
