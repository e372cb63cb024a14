import type { PutPermissionRequest, RemovePermissionRequest } from '@aws-sdk/client-eventbridge';
import { parsePolicy, type Statement } from '../../kernel/policy/index.ts';
import { findBus } from './buses.ts';
import { notFound, validationError } from './errors.ts';
import type { EventsScope, Operations } from './scope.ts';

function putPermission(input: PutPermissionRequest, { state, kernel }: EventsScope): object {
  const bus = findBus(state, input.EventBusName);
  bus.modifiedAt = new Date(kernel.now());
  if (input.Policy !== undefined) {
    bus.statements = statementsOf(input.Policy);
    return {};
  }
  if (!input.StatementId || !input.Principal || !input.Action) {
    throw validationError('Parameter(s) Action, Principal and StatementId, or Policy, must be specified.');
  }
  const principal = input.Principal === '*' ? '*' : { AWS: `arn:aws:iam::${input.Principal}:root` };
  const { Condition: condition } = input;
  const statement: Statement = {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principal,
    Action: input.Action,
    Resource: bus.arn,
    ...(condition ? { Condition: { [condition.Type ?? '']: { [condition.Key ?? '']: condition.Value ?? '' } } } : {}),
  };
  bus.statements = [...bus.statements.filter(({ Sid }) => Sid !== input.StatementId), statement];
  return {};
}

function statementsOf(policy: string): readonly Statement[] {
  const parsed = parsePolicy(policy);
  if (parsed.ok && parsed.statements.length > 0) return parsed.statements;
  throw validationError('This policy contains invalid Json');
}

function removePermission(input: RemovePermissionRequest, { state, kernel }: EventsScope): object {
  const bus = findBus(state, input.EventBusName);
  if (!input.RemoveAllPermissions && !bus.statements.some(({ Sid }) => Sid === input.StatementId)) {
    throw notFound('Statement with the provided id does not exist.');
  }
  bus.statements = input.RemoveAllPermissions ? [] : bus.statements.filter(({ Sid }) => Sid !== input.StatementId);
  bus.modifiedAt = new Date(kernel.now());
  return {};
}

export const permissionOperations = { PutPermission: putPermission, RemovePermission: removePermission } satisfies Operations;
