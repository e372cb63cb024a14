import { AwsError, type CallContext, type Kernel, type Service } from '../../kernel/index.ts';
import type { Statement } from '../../kernel/policy/index.ts';
import { type Operations, operations } from './operations.ts';
import { Secrets } from './secrets.ts';

/** AWS Secrets Manager: secrets with versions and stages, without rotation. */
export class SecretsManagerService implements Service {
  readonly name = 'secretsmanager';
  readonly #secrets: Secrets;
  readonly #operations: Operations;

  constructor(kernel: Kernel) {
    this.#secrets = new Secrets(kernel);
    this.#operations = operations(this.#secrets);
  }

  invoke(operation: string, input: object, context: CallContext): object {
    const run = this.#operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `AWS Secrets Manager has no operation ${operation} here.`);
    return run(input as never, context);
  }

  arnOf(name: string): string | undefined {
    return this.#secrets.get(name)?.arn;
  }

  policyOf(secretArn: string): readonly Statement[] {
    return this.#secrets.get(secretArn)?.statements ?? [];
  }
}
