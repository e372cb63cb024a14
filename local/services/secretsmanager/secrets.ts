import { AwsError, arn, type Kernel } from '../../kernel/index.ts';
import type { Secret, SecretVersion } from './secret.ts';

/** The secrets of the account. */
export class Secrets {
  readonly kernel: Kernel;
  readonly #byName = new Map<string, Secret>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  all(): Secret[] {
    for (const secret of this.#byName.values()) this.#expire(secret);
    return [...this.#byName.values()];
  }

  create(name: string): Secret {
    const existing = this.get(name);
    if (existing) {
      if (existing.deletedAt !== undefined) {
        throw invalidRequest("You can't create this secret because a secret with this name is already scheduled for deletion.");
      }
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    }
    const now = this.kernel.now();
    const secret: Secret = {
      arn: arn('secretsmanager', `secret:${name}-${this.#suffix()}`),
      name,
      createdAt: now,
      tags: new Map(),
      versions: new Map(),
      description: undefined,
      kmsKeyId: undefined,
      changedAt: now,
      accessedAt: undefined,
      deletedAt: undefined,
      policy: undefined,
      statements: [],
    };
    this.#byName.set(name, secret);
    return secret;
  }

  /**
   * The secret of a name or an ARN, with or without the ARN's six random characters.
   *
   * @throws AwsError `ResourceNotFoundException`; `InvalidRequestException` when it is marked for deletion
   */
  find(id: string | undefined, alsoDeleted = false): Secret {
    const secret = this.get(id ?? '');
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    if (secret.deletedAt !== undefined && !alsoDeleted) {
      throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
    }
    return secret;
  }

  delete(secret: Secret): void {
    this.#byName.delete(secret.name);
  }

  /** Adds a value; the stage `AWSCURRENT` passes to it from the value that is then previous. */
  addVersion(
    secret: Secret,
    value: Pick<SecretVersion, 'text' | 'binary'>,
    stages: readonly string[],
    id = this.kernel.uuid(),
  ): SecretVersion {
    const existing = secret.versions.get(id);
    if (existing) {
      const same =
        existing.text === value.text && Buffer.compare(existing.binary ?? new Uint8Array(), value.binary ?? new Uint8Array()) === 0;
      if (same) return existing;
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    }
    const version: SecretVersion = { id, ...value, createdAt: this.kernel.now(), stages: new Set() };
    secret.versions.set(id, version);
    for (const stage of stages) this.moveStage(secret, stage, version);
    secret.changedAt = this.kernel.now();
    this.#prune(secret);
    return version;
  }

  moveStage(secret: Secret, stage: string, to: SecretVersion | undefined): void {
    const from = [...secret.versions.values()].find((version) => version.stages.has(stage));
    if (from === to) return;
    from?.stages.delete(stage);
    to?.stages.add(stage);
    if (stage === 'AWSCURRENT' && from) this.moveStage(secret, 'AWSPREVIOUS', from);
  }

  /** Values without a stage are on their way out: a hundred are kept. */
  #prune(secret: Secret): void {
    const without = [...secret.versions.values()].filter((version) => version.stages.size === 0);
    for (const version of without.slice(0, Math.max(without.length - 100, 0))) secret.versions.delete(version.id);
  }

  /** As {@link find}, but undefined when there is none. */
  get(id: string): Secret | undefined {
    const name = /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(id)?.[1] ?? id;
    const secret = this.#byName.get(name) ?? this.#byName.get(name.replace(/-[A-Za-z0-9]{6}$/, ''));
    if (secret) this.#expire(secret);
    return secret && this.#byName.has(secret.name) ? secret : undefined;
  }

  #expire(secret: Secret): void {
    if (secret.deletedAt !== undefined && secret.deletedAt <= this.kernel.now()) this.delete(secret);
  }

  #suffix(): string {
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    return Array.from({ length: 6 }, () => characters[Math.floor(this.kernel.random() * characters.length)]).join('');
  }
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}
