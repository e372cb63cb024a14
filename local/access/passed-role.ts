import { AwsError, REGION, type ServiceCall } from '../kernel/index.ts';
import { evaluate, type Statement } from '../kernel/policy/index.ts';
import { type Input, objects } from './permission.ts';

/** A role that a call gives to a service, for the service to act with. */
export interface PassedRole {
  readonly role: string;
  /** `scheduler.amazonaws.com`. */
  readonly to: string;
}

/** The roles that a call gives away: whoever makes it needs `iam:PassRole` on them. */
export function passedRoles({ service, operation, input }: ServiceCall): readonly PassedRole[] {
  const given = GIVEN[`${service}:${operation}`]?.(input as Input) ?? [];
  return given.filter((role) => typeof role === 'string').map((role) => ({ role, to: `${service}.amazonaws.com` }));
}

type Given = (input: Input) => readonly unknown[];
const targetRole: Given = ({ Target: target }) => [(target as Input | undefined)?.RoleArn];

const GIVEN: Readonly<Record<string, Given>> = {
  'events:PutRule': (input) => [input.RoleArn],
  'events:PutTargets': (input) => objects(input.Targets).map(({ RoleArn: role }) => role),
  'lambda:CreateFunction': (input) => [input.Role],
  'lambda:UpdateFunctionConfiguration': (input) => [input.Role],
  'scheduler:CreateSchedule': targetRole,
  'scheduler:UpdateSchedule': targetRole,
  'states:CreateStateMachine': (input) => [input.roleArn],
  'states:UpdateStateMachine': (input) => [input.roleArn],
};

/**
 * Refuses a role that the service it is given to cannot assume, as those services do that look when they get it: Lambda, Scheduler and
 * Step Functions. Conditions of a trust policy are taken to hold.
 *
 * @param trustOf the trust policy of a role; undefined when the role is not there
 * @throws AwsError in the words of the service
 */
export function checkTrust(call: ServiceCall, trustOf: (role: string) => readonly Statement[] | undefined): void {
  const refuse = UNTRUSTED[call.service];
  if (!refuse) return;
  for (const { role, to } of passedRoles(call)) {
    const trust = trustOf(role)?.filter(({ Effect, Condition }) => Effect === 'Allow' || !Condition);
    if (!trust) continue;
    const statements = trust.map(({ Condition: _, ...statement }) => statement);
    // Services assume roles under their global name or that of their region.
    const principals = [to, to.replace('.', `.${REGION}.`)];
    const trusts = (principal: string): boolean =>
      evaluate(statements, { principal, action: 'sts:AssumeRole', resource: role }) === 'allow';
    if (!principals.some(trusts)) throw refuse();
  }
}

const UNTRUSTED: Readonly<Partial<Record<ServiceCall['service'], () => AwsError>>> = {
  lambda: () => new AwsError('InvalidParameterValueException', 'The role defined for the function cannot be assumed by Lambda.'),
  scheduler: () =>
    new AwsError('ValidationException', 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.'),
  states: () =>
    new AwsError(
      'AccessDeniedException',
      'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.',
    ),
};
