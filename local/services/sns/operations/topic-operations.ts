import type {
  CreateTopicInput,
  CreateTopicResponse,
  DeleteTopicInput,
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  ListTopicsInput,
  ListTopicsResponse,
  SetTopicAttributesInput,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-sns';
import { ACCOUNT } from '../../../kernel/index.ts';
import { authorize } from '../access.ts';
import { invalidParameter } from '../errors.ts';
import type { Topic } from '../topic.ts';
import { attributeOf, type Topics } from '../topics.ts';
import { type Operations, page } from './operation.ts';

/** Creating, finding and changing topics. */
export function topicOperations(topics: Topics): Operations {
  return {
    CreateTopic(input: CreateTopicInput): CreateTopicResponse {
      const topic = topics.create(input.Name, input.Attributes ?? {}, tagsOf(input.Tags));
      if (input.DataProtectionPolicy) topics.set(topic, 'DataProtectionPolicy', input.DataProtectionPolicy);
      return { TopicArn: topic.arn };
    },
    DeleteTopic(input: DeleteTopicInput) {
      topics.delete(input.TopicArn);
      return {};
    },
    ListTopics(input: ListTopicsInput): ListTopicsResponse {
      const { entries, next } = page(topics.all(), input.NextToken);
      return { Topics: entries.map((topic) => ({ TopicArn: topic.arn })), ...next };
    },
    GetTopicAttributes(input: GetTopicAttributesInput, context): GetTopicAttributesResponse {
      const topic = topics.find(input.TopicArn);
      authorize(topic, 'GetTopicAttributes', context);
      return { Attributes: attributesOf(topic) };
    },
    SetTopicAttributes(input: SetTopicAttributesInput, context) {
      const topic = topics.find(input.TopicArn);
      authorize(topic, 'SetTopicAttributes', context);
      topics.set(topic, input.AttributeName, input.AttributeValue);
      return {};
    },
    TagResource(input: TagResourceRequest) {
      const topic = topics.find(input.ResourceArn);
      for (const [key, value] of tagsOf(input.Tags)) topic.tags.set(key, value);
      return {};
    },
    UntagResource(input: UntagResourceRequest) {
      const topic = topics.find(input.ResourceArn);
      for (const key of input.TagKeys ?? []) topic.tags.delete(key);
      return {};
    },
    ListTagsForResource(input: ListTagsForResourceRequest): ListTagsForResourceResponse {
      return { Tags: [...topics.find(input.ResourceArn).tags].map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

function attributesOf(topic: Topic): Record<string, string> {
  const effective = {
    http: {
      defaultHealthyRetryPolicy: {
        minDelayTarget: 20,
        maxDelayTarget: 20,
        numRetries: 3,
        numMaxDelayRetries: 0,
        numNoDelayRetries: 0,
        numMinDelayRetries: 0,
        backoffFunction: 'linear',
      },
      disableSubscriptionOverrides: false,
      defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
    },
  };
  return {
    ...(topic.fifo ? { ContentBasedDeduplication: attributeOf(topic, 'ContentBasedDeduplication') ?? 'false' } : {}),
    DisplayName: attributeOf(topic, 'DisplayName') ?? '',
    EffectiveDeliveryPolicy: topic.attributes.get('DeliveryPolicy') ?? JSON.stringify(effective),
    Owner: ACCOUNT,
    Policy: attributeOf(topic, 'Policy') ?? '',
    SubscriptionsConfirmed: String(topic.subscriptions.size),
    SubscriptionsDeleted: String(topic.unsubscribed),
    SubscriptionsPending: '0',
    TopicArn: topic.arn,
    ...Object.fromEntries(topic.attributes),
  };
}

function tagsOf(tags: readonly Tag[] | undefined): Map<string, string> {
  const byKey = new Map<string, string>();
  for (const { Key = '', Value = '' } of tags ?? []) {
    if (byKey.has(Key)) throw invalidParameter('Duplicated keys are not allowed.');
    byKey.set(Key, Value);
  }
  return byKey;
}
