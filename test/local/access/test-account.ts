import { AccessControl } from '../../../local/access/index.ts';
import { AwsError, Kernel, type ServiceName } from '../../../local/kernel/index.ts';
import type { Statement } from '../../../local/kernel/policy/index.ts';
import { composeServices } from '../../../local/services/index.ts';

type Given = Omit<Statement, 'Effect'> & { readonly Effect?: Statement['Effect'] };

const LAMBDA: Statement = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };

/** Every service, with policies enforced. */
export class TestAccount {
  readonly kernel = new Kernel();
  readonly services = composeServices(this.kernel);
  readonly access: AccessControl;
  #roles = 0;

  constructor() {
    const { iam } = this.services;
    this.access = new AccessControl({
      statementsOf: (role) => iam.statementsOf(role),
      trustOf: (role) => iam.trustOf(role),
      service: (name) => this.kernel.service(name),
      now: () => this.kernel.now(),
    });
    this.kernel.intercept(this.access);
  }

  /** A role with these statements, which allow unless they say otherwise; returns its ARN. */
  role(statements: readonly Given[], trust: readonly Statement[] = [LAMBDA]): string {
    this.#roles += 1;
    const RoleName = `role-${this.#roles}`;
    this.root('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: { Statement: trust } });
    const Statement = statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement }));
    this.root('iam', 'PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: { Statement } });
    return `arn:aws:iam::000000000000:role/${RoleName}`;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as the SDK's commands do
  root<Output = any>(service: ServiceName, operation: string, input: object): Output {
    return this.kernel.invoke({ service, operation, input }) as Output;
  }

  /** How a call of that role ends: `ok`, or the code of its error with the action that it names, if any. */
  as(principal: string, service: ServiceName, operation: string, input: object): string {
    try {
      void this.kernel.invoke({ service, operation, input, principal });
      return 'ok';
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const [, action] = /not authorized to perform: (\S+)/.exec(error.message) ?? [];
      return action === undefined ? error.code : `${error.code} ${action}`;
    }
  }

  /** The same of a role with that one grant. */
  with(grant: Given | readonly Given[], service: ServiceName, operation: string, input: object): string {
    return this.as(this.role([grant].flat() as Given[]), service, operation, input);
  }
}
