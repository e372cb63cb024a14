import type { CfnResource } from 'aws-cdk-lib';

/** Where a stack is deployed to. AWS itself lacks nothing; the others are endpoints that speak its protocols. */
export type TargetName = 'aws' | 'localstack' | 'ministack';

/** Context key that chooses the target: `cdk deploy -c millrace:target=localstack`. @default 'aws' */
export const TARGET_CONTEXT = 'millrace:target';

/** What becomes of a resource whose type the target lacks. */
export type Treatment =
  /** It is left out: the stack works without it, as `effect` says. */
  | { readonly action: 'omit'; readonly effect: string }
  /** It is made in a way that the target has. */
  | {
      readonly action: 'replace';
      readonly effect: string;
      /** Changes the resource. @returns false when nothing of it had to be changed */
      readonly replace: (resource: CfnResource) => boolean;
    }
  /** The stack would not do what it promises: synthesis fails. */
  | { readonly action: 'refuse'; readonly remedy: string };

/** Behaviour that a target does not have though it takes the resource; tests of it are skipped there, by name. */
export type Behaviour =
  | 'archive'
  | 'redrive'
  | 'scheduler'
  | 'stream-bisect'
  | 'stream-on-failure'
  | 'stream-partial-batch'
  | 'tumbling-window';

/** A target, and what it lacks. */
export interface Target {
  /** As reports name it. */
  readonly name: TargetName | (string & {});
  /** Product and version that this was checked with. @default AWS */
  readonly checkedWith?: string;
  /** By CloudFormation type. */
  readonly lacks: Readonly<Record<string, Treatment>>;
  /** Behaviour that it does not have, with what it does instead. */
  readonly behaves: Readonly<Partial<Record<Behaviour, string>>>;
}
