import type {
  ListRuleNamesByTargetRequest,
  ListRuleNamesByTargetResponse,
  ListTargetsByRuleRequest,
  ListTargetsByRuleResponse,
  PutTargetsRequest,
  PutTargetsResponse,
  RemoveTargetsRequest,
  RemoveTargetsResponse,
  Target,
} from '@aws-sdk/client-eventbridge';
import { isArn, targetKind } from '../../delivery/index.ts';
import { findBus } from './buses.ts';
import { limitExceeded, NAME, validate, validationError } from './errors.ts';
import { parseJsonPath } from './json-path.ts';
import { page } from './page.ts';
import { findRule } from './rules.ts';
import type { EventsScope, Operations } from './scope.ts';
import type { RuleTarget } from './state.ts';
import { compileInput } from './target-input.ts';

const MOST_TARGETS = 5;
/** Targets that EventBridge reaches only with a role. */
const NEEDS_ROLE = new Set(['states', 'kinesis', 'api-destination', 'event-bus']);

function putTargets(input: PutTargetsRequest, { state }: EventsScope): PutTargetsResponse {
  const rule = findRule(state, input.Rule, input.EventBusName);
  const targets = (input.Targets ?? []).map(checkTarget);
  const ids = new Set([...rule.targets.keys(), ...targets.map(({ target }) => target.Id)]);
  if (ids.size > MOST_TARGETS) throw limitExceeded();
  for (const target of targets) rule.targets.set(target.target.Id, target);
  return { FailedEntryCount: 0, FailedEntries: [] };
}

function checkTarget(target: Target, index: number): RuleTarget {
  validate(
    { at: `targets.${index + 1}.member.id`, value: target.Id, longest: 64, pattern: NAME },
    { at: `targets.${index + 1}.member.arn`, value: target.Arn, longest: 1_600 },
  );
  const { Id = '', Arn = '' } = target;
  if (!isArn(Arn)) throw validationError(`Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`);
  const kind = targetKind(Arn);
  if (!kind) throw validationError(`The local cloud cannot deliver to targets such as ${Arn} (target ${Id}).`);
  if (NEEDS_ROLE.has(kind) && !target.RoleArn) throw validationError(`RoleArn is required for target ${Arn}.`);
  if (kind === 'sqs' && Arn.endsWith('.fifo') && !target.SqsParameters?.MessageGroupId) {
    throw validationError(`Parameter(s) SqsParameters must be specified for target: ${Id}.`);
  }
  const { MaximumRetryAttempts: retries = 0, MaximumEventAgeInSeconds: age = 60 } = target.RetryPolicy ?? {};
  if (retries < 0 || retries > 185) throw validationError(`Parameter MaximumRetryAttempts of target ${Id} must be between 0 and 185.`);
  if (age < 60 || age > 86_400) throw validationError(`Parameter MaximumEventAgeInSeconds of target ${Id} must be between 60 and 86400.`);
  const path = target.KinesisParameters?.PartitionKeyPath;
  if (path !== undefined && !parseJsonPath(path)) throw validationError(`Invalid JSONPath ${path} for target ${Id}.`);
  return { target: { ...target, Id, Arn }, input: compileInput(target) };
}

function removeTargets(input: RemoveTargetsRequest, { state }: EventsScope): RemoveTargetsResponse {
  const rule = findRule(state, input.Rule, input.EventBusName);
  const failed = (input.Ids ?? []).filter((id) => !rule.targets.delete(id));
  return {
    FailedEntryCount: failed.length,
    FailedEntries: failed.map((TargetId) => ({
      TargetId,
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: `Rule ${rule.name} does not have a target with the Id ${TargetId}.`,
    })),
  };
}

function listTargetsByRule(input: ListTargetsByRuleRequest, { state }: EventsScope): ListTargetsByRuleResponse {
  const targets = [...findRule(state, input.Rule, input.EventBusName).targets.values()].map(({ target }) => target);
  const { items, nextToken } = page(targets, input.Limit, input.NextToken);
  return { Targets: items, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

function listRuleNamesByTarget(input: ListRuleNamesByTargetRequest, { state }: EventsScope): ListRuleNamesByTargetResponse {
  const names = [...findBus(state, input.EventBusName).rules.values()]
    .filter(({ targets }) => [...targets.values()].some(({ target }) => target.Arn === input.TargetArn))
    .map(({ name }) => name);
  const { items, nextToken } = page(names, input.Limit, input.NextToken);
  return { RuleNames: items, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export const targetOperations = {
  PutTargets: putTargets,
  RemoveTargets: removeTargets,
  ListTargetsByRule: listTargetsByRule,
  ListRuleNamesByTarget: listRuleNamesByTarget,
} satisfies Operations;
