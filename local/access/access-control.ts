import { AwsError, type CallContext, type Interceptor, type PermissionQuestion, type Service, type ServiceCall } from '../kernel/index.ts';
import { type ConditionKeys, type Decision, evaluate, type Statement } from '../kernel/policy/index.ts';
import { dependOnRequest, globalKeys, requestKeys, timeKeys } from './condition-keys.ts';
import { checkTrust } from './passed-role.ts';
import type { Input, Permission } from './permission.ts';
import { permissionsOf } from './permissions.ts';

/** A permission that a role was refused: what is missing from its policies. */
export interface Refusal {
  readonly principal: string;
  /** `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` where the action has no resource or the call does not name it. */
  readonly resource: string;
}

/** What judging calls takes from the rest of the cloud. */
export interface Account {
  /** The statements of a role's policies; undefined when there is no such role. */
  statementsOf(role: string): readonly Statement[] | undefined;
  /** Who may assume a role; undefined when there is no such role. */
  trustOf(role: string): readonly Statement[] | undefined;
  service(name: ServiceCall['service']): Pick<Service, 'policyOf' | 'arnOf' | 'conditionKeys'>;
  now(): number;
}

/** A role's statements, and whether what they say depends on more than action and resource. */
interface Identity {
  readonly statements: readonly Statement[];
  readonly dependsOnRequest: boolean;
}

interface Judgement {
  readonly allowed: boolean;
  /** The end of AWS's sentence. */
  readonly why: string;
}

/**
 * Enforces the synthesized IAM policies: a role may do what its identity policies or the policy of the resource allow and neither denies.
 *
 * The user at the keyboard may do everything; service principals are judged by the resource policy of what they act on, in the
 * service that has it. Permissions boundaries, service control policies and session policies are not part of a stack and not modelled.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export class AccessControl implements Interceptor {
  readonly #account: Account;
  readonly #identities = new Map<string, Identity>();
  readonly #decisions = new Map<string, Decision>();
  readonly #used = new Map<string, Set<string>>();
  readonly #refusals: Refusal[] = [];

  constructor(account: Account) {
    this.#account = account;
  }

  /** What roles were refused so far, oldest first. */
  get refusals(): readonly Refusal[] {
    return this.#refusals;
  }

  /** Actions that a role has used so far. */
  usedBy(role: string): ReadonlySet<string> {
    return this.#used.get(role) ?? new Set();
  }

  before(call: ServiceCall, { principal }: CallContext): void {
    if (isRole(principal)) {
      const resolve = (name: string): string | undefined => this.#account.service(call.service).arnOf?.(name);
      for (const permission of permissionsOf(call, resolve)) {
        const refusal = this.#refusalOf(call, principal, permission);
        if (refusal) throw refusal;
      }
    }
    checkTrust(call, (role) => this.#account.trustOf(role));
  }

  /** What was decided holds until a policy changes. */
  after({ service }: ServiceCall): void {
    if (service !== 'iam') return;
    this.#identities.clear();
    this.#decisions.clear();
  }

  judge({ service, principal, ...permission }: PermissionQuestion): AwsError | undefined {
    if (!isRole(principal)) return undefined;
    return this.#refusalOf({ service, operation: permission.action.replace(/^.*:/, ''), input: {} }, principal, permission);
  }

  #refusalOf(call: ServiceCall, principal: string, permission: Permission): AwsError | undefined {
    const { allowed, why } = this.#judge(call, principal, permission);
    if (!allowed) return this.#refuse(call, { principal, action: permission.action, resource: permission.resource }, why);
    const used = this.#used.get(principal);
    if (used) used.add(permission.action);
    else this.#used.set(principal, new Set([permission.action]));
    return undefined;
  }

  /** Within an account, either side's allow is enough, and either side's deny is final. */
  #judge(call: ServiceCall, principal: string, permission: Permission): Judgement {
    const own = this.#ownDecision(call, principal, permission);
    if (own === 'deny') return { allowed: false, why: 'with an explicit deny in an identity-based policy' };
    const others = permission.byResource ?? this.#othersDecision(call, principal, permission);
    if (others === 'deny') return { allowed: false, why: 'with an explicit deny in a resource-based policy' };
    return {
      allowed: own === 'allow' || others === 'allow',
      why: `because no identity-based policy allows the ${permission.action} action`,
    };
  }

  #othersDecision(call: ServiceCall, principal: string, permission: Permission): Decision {
    const { action, resource } = permission;
    const policy = this.#account.service(call.service).policyOf?.(resource) ?? [];
    const conditionKeys = policy.length === 0 ? {} : keysOf(call, principal, permission);
    return evaluate(policy, { principal, action, resource, conditionKeys });
  }

  #ownDecision(call: ServiceCall, principal: string, permission: Permission): Decision {
    const identity = this.#identity(principal);
    if (identity.dependsOnRequest) return this.#evaluate(identity, call, principal, permission);
    const key = `${principal} ${permission.action} ${permission.resource}`;
    const known = this.#decisions.get(key);
    if (known) return known;
    const decision = this.#evaluate(identity, call, principal, permission);
    this.#decisions.set(key, decision);
    return decision;
  }

  #evaluate({ statements, dependsOnRequest }: Identity, call: ServiceCall, principal: string, permission: Permission): Decision {
    const { action, resource, request: { operation, input } = call } = permission;
    const conditionKeys = {
      ...keysOf(call, principal, permission),
      ...(dependsOnRequest && timeKeys(this.#account.now())),
      ...(dependsOnRequest && this.#account.service(call.service).conditionKeys?.(operation, input)),
    };
    // Where a call does not name its resource, holding the action on anything is the closest that can be told; a deny must mean everything.
    const judged = resource === '*' ? statements.map(withoutAllowedResource) : statements;
    return evaluate(judged, { principal, action, resource, conditionKeys });
  }

  #identity(role: string): Identity {
    const known = this.#identities.get(role);
    if (known) return known;
    const statements = this.#account.statementsOf(role) ?? [];
    const identity = { statements, dependsOnRequest: dependOnRequest(statements) };
    this.#identities.set(role, identity);
    return identity;
  }

  #refuse(call: ServiceCall, refusal: Refusal, why: string): AwsError {
    this.#refusals.push(refusal);
    const role = refusal.principal.split('/').at(-1) ?? '';
    const who = refusal.principal.replace(':iam:', ':sts:').replace(/:role\/.*$/, `:assumed-role/${role}/local`);
    return new AwsError(
      CODES[call.service] ?? 'AccessDeniedException',
      `User: ${who} is not authorized to perform: ${refusal.action} on resource: ${refusal.resource} ${why}`,
      { status: call.service === 'dynamodb' || call.service === 'kinesis' ? 400 : 403 },
    );
  }
}

function keysOf(call: ServiceCall, principal: string, { action, resource, request }: Permission): ConditionKeys {
  return { ...globalKeys(principal, resource), ...requestKeys(action, (request ?? call).input as Input) };
}

const isRole = (principal: string): boolean => principal.includes(':role/');

function withoutAllowedResource(statement: Statement): Statement {
  if (statement.Effect === 'Deny') return statement;
  const { Resource: _, ...rest } = statement;
  return rest;
}

/** Services that name the refusal otherwise. */
const CODES: Readonly<Partial<Record<ServiceCall['service'], string>>> = {
  s3: 'AccessDenied',
  sns: 'AuthorizationErrorException',
  sqs: 'AccessDenied',
};
