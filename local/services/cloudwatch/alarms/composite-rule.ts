import { validation } from '../errors.ts';
import type { AlarmState } from './alarm.ts';

type Rule = (stateOf: (alarm: string) => AlarmState | undefined) => boolean;

/**
 * Reads the rule of a composite alarm: `ALARM("a") AND NOT (OK("b") OR FALSE)`.
 *
 * @throws AwsError `ValidationError` for a rule that is none
 */
export function parseRule(text: string): { readonly holds: Rule; readonly alarms: readonly string[] } {
  const tokens = text.match(/"[^"]*"|'[^']*'|[()]|[^\s()"']+/g) ?? [];
  const alarms: string[] = [];
  let at = 0;
  const fail = (): Error => validation(`AlarmRule must be a valid expression; it is not at '${tokens[at] ?? 'its end'}'.`);
  const is = (word: string): boolean => tokens[at]?.toUpperCase() === word;
  const take = (word: string): void => {
    if (!is(word)) throw fail();
    at += 1;
  };

  const either = (): Rule => {
    let rule = both();
    while (is('OR')) {
      at += 1;
      const [left, right] = [rule, both()];
      rule = (stateOf) => left(stateOf) || right(stateOf);
    }
    return rule;
  };
  const both = (): Rule => {
    let rule = term();
    while (is('AND')) {
      at += 1;
      const [left, right] = [rule, term()];
      rule = (stateOf) => left(stateOf) && right(stateOf);
    }
    return rule;
  };
  const term = (): Rule => {
    if (is('NOT')) {
      at += 1;
      const rule = term();
      return (stateOf) => !rule(stateOf);
    }
    if (is('(')) {
      at += 1;
      const rule = either();
      take(')');
      return rule;
    }
    if (is('TRUE') || is('FALSE')) {
      const value = is('TRUE');
      at += 1;
      return () => value;
    }
    return stateTest();
  };
  const stateTest = (): Rule => {
    const wanted = (['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const).find(is);
    if (!wanted) throw fail();
    at += 1;
    take('(');
    const name = (tokens[at] ?? '').replace(/^["']|["']$/g, '').replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, '');
    at += 1;
    take(')');
    alarms.push(name);
    return (stateOf) => stateOf(name) === wanted;
  };

  const holds = either();
  if (at < tokens.length) throw fail();
  return { holds, alarms };
}
