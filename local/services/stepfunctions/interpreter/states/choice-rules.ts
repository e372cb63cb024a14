import type { ChoiceRule } from '../../asl/definition.ts';
import type { Json } from '../../json.ts';
import { read, type Sight } from '../../paths/reader.ts';
import type { Lane } from '../lane.ts';
import { fault } from '../query.ts';
import { COMPARISONS, TYPE_TESTS } from './comparison.ts';

/** Whether a rule holds for what `view` shows. */
export function ruleHolds(lane: Lane, rule: ChoiceRule, view: Sight): boolean {
  if (rule.And) return rule.And.every((inner) => ruleHolds(lane, inner, view));
  if (rule.Or) return rule.Or.some((inner) => ruleHolds(lane, inner, view));
  if (rule.Not) return !ruleHolds(lane, rule.Not, view);
  if (rule.Variable === undefined) return false;
  if (typeof rule.IsPresent === 'boolean') return isPresent(rule.Variable, view) === rule.IsPresent;
  const value = require(lane, rule.Variable, view);
  for (const [operator, wanted] of Object.entries(rule)) {
    const typeTest = TYPE_TESTS[operator];
    if (typeTest) return typeTest(value) === wanted;
    const compare = COMPARISONS[operator];
    if (compare) return compare(value, wanted as Json);
    const byPath = operator.endsWith('Path') ? COMPARISONS[operator.slice(0, -4)] : undefined;
    if (byPath) return byPath(value, require(lane, String(wanted), view));
  }
  return false;
}

function isPresent(path: string, view: Sight): boolean {
  const result = read(path, view);
  return result.found && result.absent !== true;
}

function require(lane: Lane, path: string, view: Sight): Json {
  const result = read(path, view);
  if (result.found) return result.value;
  throw fault(lane, `Invalid path '${path}': The choice state's condition path references an invalid value.`);
}
