import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';

/** What a stack is for: a `dev` stack leaves nothing behind when it is destroyed, a `prod` stack loses nothing. */
export type Stage = 'dev' | 'prod';

/** Context key: `cdk deploy -c millrace:stage=dev`. */
export const STAGE_CONTEXT = 'millrace:stage';

/**
 * The stage of a construct, from the context `millrace:stage`.
 * @returns `prod` when nothing is said: forgetting it must not cost data
 * @throws Error for any other value
 */
export function stageOf(construct: IConstruct): Stage {
  const stage: unknown = construct.node.tryGetContext(STAGE_CONTEXT) ?? 'prod';
  if (stage === 'dev' || stage === 'prod') return stage;
  throw new Error(`${construct.node.path}: the context ${STAGE_CONTEXT} is ${JSON.stringify(stage)}; it must be "dev" or "prod".`);
}

/** What follows from the stage for resources that hold data. */
export interface StageDefaults {
  /** Of queues, streams, buckets, keys and logs. */
  readonly removalPolicy: RemovalPolicy;
  /** Of tables. */
  readonly table: { readonly removalPolicy: RemovalPolicy; readonly deletionProtection: boolean };
  readonly logRetention: RetentionDays;
}

/**
 * @returns `prod`: retained (but not by the rollback of the deployment that made them, which would leave orphans), tables protected, logs for 3
 * months; `dev`: destroyed, unprotected, logs for a week
 */
export function stageDefaults(construct: IConstruct): StageDefaults {
  return stageOf(construct) === 'prod'
    ? {
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        // A rollback could not delete a table that is protected from deletion: it would fail, and leave the stack behind as well.
        table: { removalPolicy: RemovalPolicy.RETAIN, deletionProtection: true },
        logRetention: RetentionDays.THREE_MONTHS,
      }
    : {
        removalPolicy: RemovalPolicy.DESTROY,
        table: { removalPolicy: RemovalPolicy.DESTROY, deletionProtection: false },
        logRetention: RetentionDays.ONE_WEEK,
      };
}
