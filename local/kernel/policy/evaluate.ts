import { type ConditionKeys, conditionsHold } from './conditions.ts';
import { many, type OneOrMany, type PrincipalElement, type Statement } from './statement.ts';
import { matchesWildcard } from './wildcard.ts';

/** A request, as a policy sees it. */
export interface AccessRequest {
  /** ARN of the role, user or account root that calls, or a service principal (`sns.amazonaws.com`). */
  readonly principal: string;
  /** `sqs:SendMessage`. Actions compare without regard to case. */
  readonly action: string;
  /** ARN of what is acted on. */
  readonly resource: string;
  /** What else is known of the request (`aws:SourceArn`, `aws:SecureTransport`). @default nothing */
  readonly conditionKeys?: ConditionKeys;
}

/** `implicit`: no statement speaks of the request. A deny outweighs every allow. */
export type Decision = 'allow' | 'deny' | 'implicit';

/**
 * Decides a request by the statements of policies.
 *
 * An account as principal of an allow (`arn:aws:iam::123456789012:root`) hands the decision to the account's identity policies:
 * it allows the root itself and is `implicit` for roles; in a deny it means everyone in the account.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * evaluate(
 *   [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' }],
 *   { principal: 'sns.amazonaws.com', action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:000000000000:jobs' },
 * ); // 'allow'
 */
export function evaluate(statements: readonly Statement[], request: AccessRequest): Decision {
  let decision: Decision = 'implicit';
  for (const statement of statements) {
    if (!speaksOf(statement, request)) continue;
    if (statement.Effect === 'Deny') return 'deny';
    decision = 'allow';
  }
  return decision;
}

function speaksOf(statement: Statement, request: AccessRequest): boolean {
  return (
    actionMatches(statement, request.action) &&
    resourceMatches(statement, request.resource) &&
    principalMatches(statement, request.principal) &&
    conditionsHold(statement.Condition, request.conditionKeys ?? {})
  );
}

function actionMatches(statement: Statement, action: string): boolean {
  const wanted = action.toLowerCase();
  const among = (patterns: OneOrMany<string> | undefined): boolean =>
    many(patterns).some((pattern) => matchesWildcard(pattern.toLowerCase(), wanted));
  return statement.NotAction === undefined ? among(statement.Action) : !among(statement.NotAction);
}

function resourceMatches(statement: Statement, resource: string): boolean {
  const among = (patterns: OneOrMany<string>): boolean => many(patterns).some((pattern) => matchesWildcard(pattern, resource));
  if (statement.NotResource !== undefined) return !among(statement.NotResource);
  // A trust policy has no Resource: it speaks of the role it belongs to.
  return statement.Resource === undefined || among(statement.Resource);
}

function principalMatches(statement: Statement, principal: string): boolean {
  const wholeAccount = statement.Effect === 'Deny';
  if (statement.NotPrincipal !== undefined) return !named(statement.NotPrincipal, principal, true);
  return statement.Principal === undefined || named(statement.Principal, principal, wholeAccount);
}

function named(element: PrincipalElement, principal: string, wholeAccount: boolean): boolean {
  if (element === '*') return true;
  return Object.entries(element).some(([kind, values]) =>
    many(values).some((value) => {
      if (kind !== 'AWS') return value === principal;
      if (value === '*') return true;
      const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1];
      if (account === undefined) return value === principal;
      return principal === `arn:aws:iam::${account}:root` || (wholeAccount && principal.split(':')[4] === account);
    }),
  );
}
