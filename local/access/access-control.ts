import { AwsError, type CallContext, type Interceptor, type ServiceCall } from '../kernel/index.ts';
import { evaluate, type Statement } from '../kernel/policy/index.ts';
import { type Permission, permissionsOf } from './permissions.ts';

/** A permission that a role was refused: what is missing from its policies. */
export interface Refusal extends Permission {
  readonly principal: string;
}

/**
 * Enforces the synthesized IAM policies: a role may do what its identity policies allow, and nothing else.
 *
 * The user at the keyboard may do everything; service principals are judged by the resource policy of what they act on, in the
 * service that has it. Permissions boundaries, service control policies and session policies are not part of a stack and not modelled.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export class AccessControl implements Interceptor {
  readonly #statementsOf: (role: string) => readonly Statement[] | undefined;
  readonly #decisions = new Map<string, boolean>();
  readonly #used = new Map<string, Set<string>>();
  readonly #refusals: Refusal[] = [];

  /** @param statementsOf the statements of a role's policies; undefined when there is no such role */
  constructor(statementsOf: (role: string) => readonly Statement[] | undefined) {
    this.#statementsOf = statementsOf;
  }

  /** What roles were refused so far, oldest first. */
  get refusals(): readonly Refusal[] {
    return this.#refusals;
  }

  /** Actions that a role has used so far. */
  usedBy(role: string): ReadonlySet<string> {
    return this.#used.get(role) ?? new Set();
  }

  before(call: ServiceCall, context: CallContext): void {
    const { principal } = context;
    if (!principal.includes(':role/')) return;
    for (const permission of permissionsOf(call)) {
      if (!this.#allowed(principal, permission)) throw this.#refuse(call, { principal, ...permission });
      const used = this.#used.get(principal);
      if (used) used.add(permission.action);
      else this.#used.set(principal, new Set([permission.action]));
    }
  }

  #allowed(principal: string, permission: Permission): boolean {
    const key = `${principal} ${permission.action} ${permission.resource}`;
    let allowed = this.#decisions.get(key);
    if (allowed === undefined) {
      const statements = this.#statementsOf(principal) ?? [];
      // Where a call does not name its resource, holding the action on anything is the closest that can be told.
      const judged = permission.resource === '*' ? statements.map(({ Resource: _, ...rest }) => rest) : statements;
      const keys = { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': principal };
      allowed = evaluate(judged, { principal, ...permission, conditionKeys: keys }) === 'allow';
      this.#decisions.set(key, allowed);
    }
    return allowed;
  }

  #refuse(call: ServiceCall, refusal: Refusal): AwsError {
    this.#refusals.push(refusal);
    const role = refusal.principal.split('/').at(-1) ?? '';
    const who = refusal.principal.replace(':iam:', ':sts:').replace(/:role\/.*$/, `:assumed-role/${role}/local`);
    return new AwsError(
      CODES[call.service] ?? 'AccessDeniedException',
      `User: ${who} is not authorized to perform: ${refusal.action} on resource: ${refusal.resource} because no identity-based policy allows the ${refusal.action} action`,
      { status: call.service === 'dynamodb' || call.service === 'kinesis' ? 400 : 403 },
    );
  }
}

/** Services that name the refusal otherwise. */
const CODES: Readonly<Partial<Record<ServiceCall['service'], string>>> = {
  s3: 'AccessDenied',
  sns: 'AuthorizationErrorException',
  sqs: 'AccessDenied',
};
