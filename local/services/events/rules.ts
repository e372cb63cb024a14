import type {
  DeleteRuleRequest,
  DescribeRuleRequest,
  DescribeRuleResponse,
  DisableRuleRequest,
  EnableRuleRequest,
  ListRulesRequest,
  ListRulesResponse,
  PutRuleRequest,
  PutRuleResponse,
  Rule as RuleSummary,
} from '@aws-sdk/client-eventbridge';
import { ACCOUNT, arn } from '../../kernel/index.ts';
import { hasGrammaticalNumber, parseScheduleExpression, type ScheduleExpression } from '../../schedule-expression/index.ts';
import { DEFAULT_BUS, findBus } from './buses.ts';
import { compileEventPattern } from './compile-event-pattern.ts';
import { limitExceeded, NAME, notFound, validate, validationError } from './errors.ts';
import { page } from './page.ts';
import { scheduleRule } from './scheduled-rules.ts';
import type { EventsScope, Operations } from './scope.ts';
import { type Bus, type EventsState, type Rule, tagMap } from './state.ts';

const MOST_RULES = 300;

/** @throws AwsError ResourceNotFoundException */
export function findRule(state: EventsState, name: string | undefined, bus: string | undefined): Rule {
  const { rules, name: busName } = findBus(state, bus);
  const rule = rules.get(name ?? '');
  if (!rule) throw notFound(`Rule ${name} does not exist on EventBus ${busName}.`);
  return rule;
}

function parseSchedule(input: PutRuleRequest, bus: Bus): ScheduleExpression | undefined {
  if (!input.ScheduleExpression) return undefined;
  if (bus.name !== DEFAULT_BUS) throw validationError('ScheduleExpression is supported only on the default event bus.');
  const schedule = parseScheduleExpression(input.ScheduleExpression);
  if (!schedule || schedule.kind === 'at' || !hasGrammaticalNumber(input.ScheduleExpression)) {
    throw validationError('Parameter ScheduleExpression is not valid.');
  }
  return schedule;
}

function putRule(input: PutRuleRequest, scope: EventsScope): PutRuleResponse {
  const { state } = scope;
  validate({ at: 'name', value: input.Name, longest: 64, pattern: NAME });
  const name = input.Name ?? '';
  const bus = findBus(state, input.EventBusName);
  if (!input.EventPattern && !input.ScheduleExpression) {
    throw validationError('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  const schedule = parseSchedule(input, bus);
  const pattern = input.EventPattern ? compileEventPattern(input.EventPattern) : undefined;
  let rule = bus.rules.get(name);
  if (!rule) {
    if (bus.rules.size >= MOST_RULES) throw limitExceeded();
    rule = makeRule(name, bus, state.ruleCount++);
    rule.tags = tagMap(input.Tags);
    bus.rules.set(name, rule);
  }
  rule.eventPattern = input.EventPattern || undefined;
  rule.pattern = pattern;
  rule.scheduleExpression = input.ScheduleExpression || undefined;
  rule.schedule = schedule;
  rule.description = input.Description;
  rule.roleArn = input.RoleArn;
  setState(rule, input.State === 'DISABLED' ? 'DISABLED' : 'ENABLED', bus, scope);
  return { RuleArn: rule.arn };
}

function makeRule(name: string, bus: Bus, order: number): Rule {
  return {
    name,
    arn: arn('events', bus.name === DEFAULT_BUS ? `rule/${name}` : `rule/${bus.name}/${name}`),
    busName: bus.name,
    order,
    eventPattern: undefined,
    pattern: undefined,
    scheduleExpression: undefined,
    schedule: undefined,
    timer: undefined,
    state: 'ENABLED',
    description: undefined,
    roleArn: undefined,
    targets: new Map(),
    tags: new Map(),
  };
}

/** Takes the rule in or out of service, with its pattern and schedule as they are now. */
function setState(rule: Rule, state: Rule['state'], bus: Bus, scope: EventsScope): void {
  rule.state = state;
  if (rule.pattern && state === 'ENABLED') bus.index.add(rule, rule.pattern);
  else bus.index.remove(rule);
  scheduleRule(rule, scope);
}

function deleteRule(input: DeleteRuleRequest, { state }: EventsScope): object {
  const bus = findBus(state, input.EventBusName);
  const rule = bus.rules.get(input.Name ?? '');
  if (!rule) return {};
  if (rule.targets.size > 0) throw validationError("Rule can't be deleted since it has targets.");
  rule.timer?.cancel();
  bus.index.remove(rule);
  bus.rules.delete(rule.name);
  return {};
}

function enableRule(input: EnableRuleRequest, scope: EventsScope): object {
  const rule = findRule(scope.state, input.Name, input.EventBusName);
  setState(rule, 'ENABLED', findBus(scope.state, rule.busName), scope);
  return {};
}

function disableRule(input: DisableRuleRequest, scope: EventsScope): object {
  const rule = findRule(scope.state, input.Name, input.EventBusName);
  setState(rule, 'DISABLED', findBus(scope.state, rule.busName), scope);
  return {};
}

function summary(rule: Rule): RuleSummary {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.busName,
    State: rule.state,
    ...(rule.eventPattern === undefined ? {} : { EventPattern: rule.eventPattern }),
    ...(rule.scheduleExpression === undefined ? {} : { ScheduleExpression: rule.scheduleExpression }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
  };
}

function describeRule(input: DescribeRuleRequest, { state }: EventsScope): DescribeRuleResponse {
  return { ...summary(findRule(state, input.Name, input.EventBusName)), CreatedBy: ACCOUNT };
}

function listRules(input: ListRulesRequest, { state }: EventsScope): ListRulesResponse {
  const rules = [...findBus(state, input.EventBusName).rules.values()].filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
  const { items, nextToken } = page(rules, input.Limit, input.NextToken);
  return { Rules: items.map(summary), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export const ruleOperations = {
  PutRule: putRule,
  DeleteRule: deleteRule,
  EnableRule: enableRule,
  DisableRule: disableRule,
  DescribeRule: describeRule,
  ListRules: listRules,
} satisfies Operations;
