import { Names } from 'aws-cdk-lib';
import {
  type FilterOrPolicy,
  type ITopic,
  type ITopicSubscription,
  SubscriptionProtocol,
  type TopicSubscriptionConfig,
} from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { allowServiceToSend } from '../shared/index.ts';

export interface QueueSubscriptionProps {
  readonly deadLetterQueue: IQueue;
  readonly filterPolicyWithMessageBody?: Record<string, FilterOrPolicy>;
}

/**
 * A queue that gets a topic's messages as they are. With one customer-managed key for both, the CDK's own (`SqsSubscription`) makes key and topic
 * need each other under the feature flags of new projects, and lets every topic of every account use the key without them.
 */
export class QueueSubscription implements ITopicSubscription {
  readonly #queue: IQueue;
  readonly #props: QueueSubscriptionProps;

  constructor(queue: IQueue, props: QueueSubscriptionProps) {
    this.#queue = queue;
    this.#props = props;
  }

  bind(topic: ITopic): TopicSubscriptionConfig {
    const { policyDependable } = allowServiceToSend(this.#queue, 'sns.amazonaws.com', topic.topicArn);
    return {
      subscriberScope: this.#queue as IQueue & TopicSubscriptionConfig['subscriberScope'],
      subscriberId: Names.nodeUniqueId(topic.node),
      endpoint: this.#queue.queueArn,
      protocol: SubscriptionProtocol.SQS,
      rawMessageDelivery: true,
      ...this.#props,
      ...(policyDependable === undefined ? {} : { subscriptionDependency: policyDependable }),
    };
  }
}
