import { Stack } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { stageDefaults, tagConstruct } from '../shared/index.ts';

const SHARED_ID = 'MillraceTopicKey';

/**
 * The one key of the stack of `scope` for its topics. SNS's own key (`alias/aws/sns`) cannot be granted to EventBridge, CloudWatch or S3: their
 * messages would vanish (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html).
 */
export function topicKeyOf(scope: Construct): IKey {
  const stack = Stack.of(scope);
  const existing = stack.node.tryFindChild(SHARED_ID);
  if (existing instanceof Key) return existing as IKey;
  const key = new Key(stack, SHARED_ID, {
    description: `Topics of ${stack.stackName}`,
    enableKeyRotation: true,
    removalPolicy: stageDefaults(scope).removalPolicy,
  });
  tagConstruct(key, 'FanOut');
  return key as IKey;
}
