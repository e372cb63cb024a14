import type { Statement } from '../../kernel/policy/index.ts';

/** One value of a secret. */
export interface SecretVersion {
  readonly id: string;
  readonly text: string | undefined;
  readonly binary: Uint8Array | undefined;
  readonly createdAt: number;
  /** `AWSCURRENT`, `AWSPREVIOUS`, `AWSPENDING`, or one's own. */
  readonly stages: Set<string>;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  /** By version id. */
  readonly versions: Map<string, SecretVersion>;
  description: string | undefined;
  kmsKeyId: string | undefined;
  changedAt: number;
  accessedAt: number | undefined;
  /** When its recovery window ends. @default it is not deleted */
  deletedAt: number | undefined;
  /** The policy document as it was given. @default none */
  policy: string | undefined;
  statements: readonly Statement[];
}
