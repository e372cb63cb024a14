import { ACCOUNT, AwsError, type CallContext, type Service } from '../../kernel/index.ts';
import { parsePolicy, type Statement } from '../../kernel/policy/index.ts';
import { MANAGED_POLICIES } from './managed-policies.ts';
import type {
  AttachRolePolicyRequest,
  CreatePolicyRequest,
  CreateRoleRequest,
  PutRolePolicyRequest,
  RoleDescription,
  RoleReference,
} from './requests.ts';

interface Role {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly trust: readonly Statement[];
  /** Policies written into the role, by name. */
  readonly inline: Map<string, readonly Statement[]>;
  /** ARNs of the policies attached to it. */
  readonly attached: Set<string>;
}

type Operation = (iam: IamService, input: never) => object;

/** IAM: the roles of the account and what their policies say. */
export class IamService implements Service {
  readonly name = 'iam';
  readonly #roles = new Map<string, Role>();
  readonly #policies = new Map<string, readonly Statement[]>();

  /** The statements of all policies of a role; undefined when there is no such role. */
  statementsOf(roleArn: string): readonly Statement[] | undefined {
    const role = this.#byArn(roleArn);
    if (!role) return undefined;
    const attached = [...role.attached].flatMap((policyArn) => this.#policyStatements(policyArn));
    return [...[...role.inline.values()].flat(), ...attached];
  }

  /** Who may assume the role; undefined when there is no such role. */
  trustOf(roleArn: string): readonly Statement[] | undefined {
    return this.#byArn(roleArn)?.trust;
  }

  roleArns(): string[] {
    return [...this.#roles.values()].map((role) => role.arn);
  }

  invoke(operation: string, input: object, _context?: CallContext): object {
    const run = OPERATIONS[operation];
    if (!run) throw new AwsError('UnknownOperationException', `The local cloud's IAM has no operation ${operation}.`, { status: 404 });
    return run(this, input as never);
  }

  createRole(input: CreateRoleRequest): { Role: RoleDescription } {
    const { RoleName: name = '', Path: path = '/' } = input;
    if (this.#roles.has(name)) throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, { status: 409 });
    const role: Role = {
      arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
      name,
      path,
      trust: statements(input.AssumeRolePolicyDocument),
      inline: new Map(),
      attached: new Set(),
    };
    this.#roles.set(name, role);
    return { Role: describe(role) };
  }

  getRole({ RoleName: name }: RoleReference): { Role: RoleDescription } {
    return { Role: describe(this.#role(name)) };
  }

  listRoles(): { Roles: RoleDescription[]; IsTruncated: boolean } {
    return { Roles: [...this.#roles.values()].map(describe), IsTruncated: false };
  }

  deleteRole({ RoleName: name }: RoleReference): object {
    this.#roles.delete(this.#role(name).name);
    return {};
  }

  putRolePolicy(input: PutRolePolicyRequest): object {
    this.#role(input.RoleName).inline.set(input.PolicyName ?? '', statements(input.PolicyDocument));
    return {};
  }

  createPolicy(input: CreatePolicyRequest): { Policy: { Arn: string; PolicyName: string } } {
    const name = input.PolicyName ?? '';
    const policyArn = `arn:aws:iam::${ACCOUNT}:policy${input.Path ?? '/'}${name}`;
    if (this.#policies.has(policyArn))
      throw new AwsError('EntityAlreadyExists', `A policy called ${name} already exists.`, { status: 409 });
    this.#policies.set(policyArn, statements(input.PolicyDocument));
    return { Policy: { Arn: policyArn, PolicyName: name } };
  }

  attachRolePolicy(input: AttachRolePolicyRequest): object {
    const policyArn = input.PolicyArn ?? '';
    this.#policyStatements(policyArn);
    this.#role(input.RoleName).attached.add(policyArn);
    return {};
  }

  #policyStatements(policyArn: string): readonly Statement[] {
    const own = this.#policies.get(policyArn);
    const managed = isManaged(policyArn) ? MANAGED_POLICIES[policyArn.split('/').at(-1) ?? ''] : undefined;
    if (own ?? managed) return own ?? managed ?? [];
    const advice = isManaged(policyArn)
      ? " The local cloud does not know what this policy of AWS's allows; grant what the role needs."
      : '';
    throw new AwsError('NoSuchEntity', `Policy ${policyArn} does not exist or is not attachable.${advice}`, { status: 404 });
  }

  #byArn(roleArn: string): Role | undefined {
    return this.#roles.get(roleArn.split('/').at(-1) ?? '');
  }

  #role(name: string | undefined): Role {
    const role = this.#roles.get(name ?? '');
    if (!role) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, { status: 404 });
    return role;
  }
}

const isManaged = (policyArn: string): boolean => policyArn.startsWith('arn:aws:iam::aws:policy/');

function statements(document: unknown): readonly Statement[] {
  const parsed = parsePolicy(document);
  if (parsed.ok) return parsed.statements;
  throw new AwsError('MalformedPolicyDocument', `The policy is malformed: ${parsed.problem}.`);
}

function describe(role: Role): RoleDescription {
  return { RoleName: role.name, Arn: role.arn, Path: role.path, RoleId: `AROA${role.name.toUpperCase().slice(0, 17)}` };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateRole: (iam, input) => iam.createRole(input),
  GetRole: (iam, input) => iam.getRole(input),
  ListRoles: (iam) => iam.listRoles(),
  DeleteRole: (iam, input) => iam.deleteRole(input),
  PutRolePolicy: (iam, input) => iam.putRolePolicy(input),
  CreatePolicy: (iam, input) => iam.createPolicy(input),
  AttachRolePolicy: (iam, input) => iam.attachRolePolicy(input),
};
