import type {
  ConfirmSubscriptionInput,
  GetSubscriptionAttributesInput,
  GetSubscriptionAttributesResponse,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  ListSubscriptionsInput,
  ListSubscriptionsResponse,
  SetSubscriptionAttributesInput,
  SubscribeInput,
  SubscribeResponse,
  UnsubscribeInput,
} from '@aws-sdk/client-sns';
import { ACCOUNT, AwsError, type CallContext } from '../../../kernel/index.ts';
import { authorize } from '../access.ts';
import { invalidParameter, notFound } from '../errors.ts';
import { PROTOCOLS, type Protocol, type Subscription, type SubscriptionSettings } from '../subscription.ts';
import { isAttributeName, settings } from '../subscription-attributes.ts';
import type { Topic } from '../topic.ts';
import { checkArn, type Topics } from '../topics.ts';
import { type Operations, page } from './operation.ts';

/** Subscribing to topics. Every subscription is confirmed at once, also by those whom AWS would ask first. */
export function subscriptionOperations(topics: Topics): Operations {
  const find = (subscriptionArn: string | undefined): Subscription => {
    checkArn('SubscriptionArn', subscriptionArn);
    const subscription = topics.subscriptions.get(subscriptionArn);
    if (!subscription) throw notFound('Subscription');
    return subscription;
  };
  return {
    Subscribe(input: SubscribeInput, context): SubscribeResponse {
      const topic = topics.find(input.TopicArn);
      authorize(topic, 'Subscribe', context);
      return { SubscriptionArn: subscribe(topics, topic, input, context).arn };
    },
    ConfirmSubscription(input: ConfirmSubscriptionInput) {
      topics.find(input.TopicArn);
      throw invalidParameter('Token');
    },
    Unsubscribe(input: UnsubscribeInput) {
      checkArn('SubscriptionArn', input.SubscriptionArn);
      const subscription = topics.subscriptions.get(input.SubscriptionArn);
      if (!subscription) return {};
      topics.subscriptions.delete(subscription.arn);
      const topic = topics.find(subscription.topicArn);
      topic.subscriptions.delete(subscription.arn);
      topic.unsubscribed += 1;
      return {};
    },
    GetSubscriptionAttributes(input: GetSubscriptionAttributesInput): GetSubscriptionAttributesResponse {
      return { Attributes: attributesOf(find(input.SubscriptionArn)) };
    },
    SetSubscriptionAttributes(input: SetSubscriptionAttributesInput) {
      const subscription = find(input.SubscriptionArn);
      const name = input.AttributeName ?? '';
      if (!isAttributeName(name)) throw invalidParameter('AttributeName');
      const { [name]: _replaced, ...others } = subscription.attributes;
      const value = input.AttributeValue ?? '';
      // An empty value takes an attribute away, except this one, which is true or false.
      const attributes = value === '' && name !== 'RawMessageDelivery' ? others : { ...others, [name]: value };
      subscription.settings = settings(attributes, isFifo(subscription));
      subscription.attributes = attributes;
      return {};
    },
    ListSubscriptions(input: ListSubscriptionsInput): ListSubscriptionsResponse {
      const { entries, next } = page([...topics.subscriptions.values()], input.NextToken);
      return { Subscriptions: entries.map(summaryOf), ...next };
    },
    ListSubscriptionsByTopic(input: ListSubscriptionsByTopicInput, context): ListSubscriptionsByTopicResponse {
      const topic = topics.find(input.TopicArn);
      authorize(topic, 'ListSubscriptionsByTopic', context);
      const { entries, next } = page([...topic.subscriptions.values()], input.NextToken);
      return { Subscriptions: entries.map(summaryOf), ...next };
    },
  };
}

function subscribe(topics: Topics, topic: Topic, input: SubscribeInput, context: CallContext): Subscription {
  const protocol = protocolOf(input.Protocol);
  const endpoint = input.Endpoint ?? '';
  checkEndpoint(protocol, endpoint, topic);
  const attributes = input.Attributes ?? {};
  const read = readAttributes(attributes, topic.fifo && endpoint.endsWith('.fifo'));
  for (const existing of topic.subscriptions.values()) {
    if (existing.protocol !== protocol || existing.endpoint !== endpoint) continue;
    if (Object.entries(attributes).some(([name, value]) => existing.attributes[name] !== value)) {
      throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
    }
    return existing;
  }
  const subscription: Subscription = {
    arn: `${topic.arn}:${topics.kernel.uuid()}`,
    topicArn: topic.arn,
    protocol,
    endpoint,
    principal: context.principal,
    attributes,
    settings: read,
  };
  topic.subscriptions.set(subscription.arn, subscription);
  topics.subscriptions.set(subscription.arn, subscription);
  return subscription;
}

/** Subscribe words what it has against an attribute a little differently. */
function readAttributes(attributes: Readonly<Record<string, string>>, fifo: boolean): SubscriptionSettings {
  try {
    return settings(attributes, fifo);
  } catch (error) {
    if (!(error instanceof AwsError) || error.message.startsWith('Invalid parameter: Filter policy scope')) throw error;
    throw invalidParameter(`Attributes Reason: ${error.message.replace('Invalid parameter: ', '')}`);
  }
}

function protocolOf(name: string | undefined): Protocol {
  const protocol = PROTOCOLS.find((candidate) => candidate === name);
  if (!protocol) throw invalidParameter(`Amazon SNS does not support this protocol string: ${name}`);
  if (protocol === 'firehose' || protocol === 'application') {
    throw invalidParameter(`Protocol Reason: the local cloud has no service behind the protocol ${protocol}`);
  }
  return protocol;
}

function checkEndpoint(protocol: Protocol, endpoint: string, topic: Topic): void {
  if (endpoint === '') throw invalidParameter('Endpoint Reason: no value for required parameter');
  if (protocol === 'sqs') {
    if (!/^arn:[^:]+:sqs:[^:]+:\d{12}:.+$/.test(endpoint)) throw invalidParameter('SQS endpoint ARN');
    if (endpoint.endsWith('.fifo') && !topic.fifo) {
      throw invalidParameter('Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics');
    }
  } else if (topic.fifo) {
    throw invalidParameter(`Invalid parameter: Endpoint Reason: Please use FIFO SQS queue or standard SQS queue, not ${protocol}`);
  }
  if (protocol === 'lambda' && !/^arn:[^:]+:lambda:/.test(endpoint)) throw invalidParameter('Lambda endpoint ARN');
  if ((protocol === 'http' || protocol === 'https') && !endpoint.startsWith(`${protocol}://`)) {
    throw invalidParameter('Endpoint must match the specified protocol');
  }
  if (protocol.startsWith('email') && !endpoint.includes('@')) throw invalidParameter('Email address');
  if (protocol === 'sms' && !/^\+?[0-9]([-. ]?[0-9]){6,}$/.test(endpoint)) throw invalidSms(endpoint);
}

function invalidSms(endpoint: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid SMS endpoint: ${endpoint}`, { queryCode: 'InvalidParameter' });
}

function isFifo(subscription: Subscription): boolean {
  return subscription.topicArn.endsWith('.fifo') && subscription.endpoint.endsWith('.fifo');
}

function attributesOf(subscription: Subscription): Record<string, string> {
  const { attributes } = subscription;
  return {
    ...attributes,
    ...(attributes.FilterPolicy ? { FilterPolicyScope: attributes.FilterPolicyScope ?? 'MessageAttributes' } : {}),
    ConfirmationWasAuthenticated: 'true',
    Endpoint: subscription.endpoint,
    Owner: ACCOUNT,
    PendingConfirmation: 'false',
    Protocol: subscription.protocol,
    RawMessageDelivery: String(subscription.settings.raw),
    SubscriptionArn: subscription.arn,
    SubscriptionPrincipal: subscription.principal,
    TopicArn: subscription.topicArn,
  };
}

function summaryOf({ arn, topicArn, protocol, endpoint }: Subscription) {
  return { SubscriptionArn: arn, Owner: ACCOUNT, Protocol: protocol, Endpoint: endpoint, TopicArn: topicArn };
}
