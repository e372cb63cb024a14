import { describe, expect, it } from 'vitest';
import { TestSns, text } from './topic-client.ts';

describe('the API of SNS', () => {
  it('creates a topic once and describes it', () => {
    const aws = new TestSns();
    const topic = aws.topic('news', { DisplayName: 'News' });
    expect(topic).toBe('arn:aws:sns:us-east-1:000000000000:news');
    expect(aws.topic('news', { DisplayName: 'News' })).toBe(topic);
    expect(aws.errorOf(() => aws.topic('news', { DisplayName: 'Other' })).message).toBe(
      'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
    );
    const { Attributes } = aws.do('GetTopicAttributes', { TopicArn: topic });
    expect(Attributes).toMatchObject({ TopicArn: topic, DisplayName: 'News', Owner: '000000000000', SubscriptionsConfirmed: '0' });
    expect(JSON.parse(Attributes.Policy).Statement[0].Sid).toBe('__default_statement_ID');
    expect(aws.do('ListTopics', {})).toEqual({ Topics: [{ TopicArn: topic }] });
    aws.do('DeleteTopic', { TopicArn: topic });
    aws.do('DeleteTopic', { TopicArn: topic });
    expect(aws.do('ListTopics', {})).toEqual({ Topics: [] });
  });

  it.each(['', 'a b', 'a.fifo', 'x'.repeat(257)])('refuses the topic name %j', (Name) => {
    const aws = new TestSns();
    expect(aws.errorOf(() => aws.do('CreateTopic', { Name })).message).toBe('Invalid parameter: Topic Name');
  });

  it('tells unknown topics from wrong ARNs', () => {
    const aws = new TestSns();
    expect(aws.errorOf(() => aws.publish('arn:aws:sns:us-east-1:000000000000:none', 'x'))).toMatchObject({
      code: 'NotFoundException',
      queryCode: 'NotFound',
      status: 404,
      message: 'Topic does not exist',
    });
    expect(aws.errorOf(() => aws.publish('randomstring', 'x')).message).toBe(
      'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
    );
    expect(aws.errorOf(() => aws.publish('arn:aws:sns:eu-west-1:000000000000:none', 'x')).message).toBe('Invalid parameter: TopicArn');
  });

  it('subscribes once, and says how', () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const queue = aws.queue('inbox');
    const subscription = aws.subscribe(topic, queue, { RawMessageDelivery: 'true' });
    expect(aws.subscribe(topic, queue)).toBe(subscription);
    expect(aws.errorOf(() => aws.subscribe(topic, queue, { RawMessageDelivery: 'false' })).message).toBe(
      'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    );
    expect(aws.do('GetSubscriptionAttributes', { SubscriptionArn: subscription }).Attributes).toEqual({
      ConfirmationWasAuthenticated: 'true',
      Endpoint: queue,
      Owner: '000000000000',
      PendingConfirmation: 'false',
      Protocol: 'sqs',
      RawMessageDelivery: 'true',
      SubscriptionArn: subscription,
      SubscriptionPrincipal: 'arn:aws:iam::000000000000:root',
      TopicArn: topic,
    });
    expect(aws.do('ListSubscriptionsByTopic', { TopicArn: topic }).Subscriptions).toHaveLength(1);
    aws.do('Unsubscribe', { SubscriptionArn: subscription });
    aws.do('Unsubscribe', { SubscriptionArn: subscription });
    expect(aws.do('ListSubscriptions', {})).toEqual({ Subscriptions: [] });
    expect(aws.errorOf(() => aws.do('GetSubscriptionAttributes', { SubscriptionArn: subscription })).message).toBe(
      'Subscription does not exist',
    );
  });

  it('changes the attributes of a subscription, one at a time', () => {
    const aws = new TestSns();
    const SubscriptionArn = aws.subscribe(aws.topic('news'), aws.queue('inbox'));
    const set = (AttributeName: string, AttributeValue?: string) =>
      aws.do('SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
    const attributes = () => aws.do('GetSubscriptionAttributes', { SubscriptionArn }).Attributes;
    set('FilterPolicy', '{"a":["b"]}');
    expect(attributes()).toMatchObject({ FilterPolicy: '{"a":["b"]}', FilterPolicyScope: 'MessageAttributes' });
    set('FilterPolicy', '');
    expect(attributes()).not.toHaveProperty('FilterPolicy');
    expect(aws.errorOf(() => set('Colour', 'red')).message).toBe('Invalid parameter: AttributeName');
    expect(aws.errorOf(() => set('RawMessageDelivery', '')).message).toBe(
      'Invalid parameter: RawMessageDelivery: Invalid value []. Must be true or false.',
    );
    expect(aws.errorOf(() => set('RedrivePolicy', '{"deadLetterTargetArn":"x"}')).message).toBe(
      'Invalid parameter: RedrivePolicy: deadLetterTargetArn is an invalid arn',
    );
    expect(aws.errorOf(() => set('FilterPolicyScope', 'Random')).message).toBe(
      'Invalid parameter: FilterPolicyScope: Invalid value [Random]. Please use either MessageBody or MessageAttributes',
    );
  });

  it.each([
    ['test-protocol', 'x', 'Invalid parameter: Amazon SNS does not support this protocol string: test-protocol'],
    ['sqs', 'http://127.0.0.1:4566/000000000000/inbox', 'Invalid parameter: SQS endpoint ARN'],
    ['sms', 'NAA+15551234567', 'Invalid SMS endpoint: NAA+15551234567'],
    ['https', 'ftp://example.com', 'Invalid parameter: Endpoint must match the specified protocol'],
  ])('refuses to subscribe %s %s', (Protocol, Endpoint, message) => {
    const aws = new TestSns();
    expect(aws.errorOf(() => aws.subscribe(aws.topic('news'), Endpoint, {}, Protocol)).message).toBe(message);
  });

  it.each([
    [{ Message: '' }, 'Invalid parameter: Empty message'],
    [{ Subject: '' }, 'Invalid parameter: Subject'],
    [{ Subject: 'x'.repeat(101) }, 'Invalid parameter: Subject'],
    [{ Message: 'x'.repeat(262_145) }, 'Invalid parameter: Message too long'],
    [{ Message: '{"sqs":"x"}', MessageStructure: 'json' }, 'Invalid parameter: Message Structure - No default entry in JSON message body'],
    [{ Message: 'x', MessageStructure: 'json' }, 'Invalid parameter: Message Structure - JSON message body failed to parse'],
    [
      { MessageAttributes: { attr1: text('') } },
      "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
    ],
    [
      { MessageAttributes: { attr1: { DataType: 'Binary', StringValue: 'x' } } },
      "The message attribute 'attr1' with type 'Binary' must use field 'Binary'.",
    ],
    [
      { MessageAttributes: { 'attr^': text('x') } },
      "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
    ],
  ])('refuses to publish %j', (more, message) => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    expect(aws.errorOf(() => aws.publish(topic, 'x', more)).message).toBe(message);
  });

  it('takes larger messages where the topic says so', () => {
    const aws = new TestSns();
    const topic = aws.topic('news', { MaximumMessageSize: '1048576' });
    aws.publish(topic, 'x'.repeat(1_048_576));
    expect(aws.errorOf(() => aws.publish(topic, 'x'.repeat(1_048_577))).message).toBe('Invalid parameter: Message too long');
  });

  it('publishes batches, each entry with its answer', async () => {
    const aws = new TestSns();
    const TopicArn = aws.topic('news');
    const queue = aws.queue('inbox');
    aws.subscribe(TopicArn, queue, { RawMessageDelivery: 'true' });
    const entries = ['a', 'b', 'c'].map((Id) => ({ Id, Message: `message ${Id}` }));
    const { Successful, Failed } = aws.do('PublishBatch', { TopicArn, PublishBatchRequestEntries: entries });
    expect(Successful.map(({ Id }: { Id: string }) => Id)).toEqual(['a', 'b', 'c']);
    expect(new Set(Successful.map(({ MessageId }: { MessageId: string }) => MessageId)).size).toBe(3);
    expect(Failed).toEqual([]);
    expect((await aws.bodies(queue)).sort()).toEqual(['message a', 'message b', 'message c']);
  });

  it.each([
    ['EmptyBatchRequestException', []],
    ['TooManyEntriesInBatchRequestException', Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, Message: 'x' }))],
    ['InvalidBatchEntryIdException', [{ Id: 'message.id', Message: 'x' }]],
    [
      'BatchEntryIdsNotDistinctException',
      [
        { Id: 'a', Message: 'x' },
        { Id: 'a', Message: 'x' },
      ],
    ],
    [
      'BatchRequestTooLongException',
      [
        { Id: 'a', Message: 'x'.repeat(200_000) },
        { Id: 'b', Message: 'x'.repeat(62_145) },
      ],
    ],
  ])('refuses a batch: %s', (code, PublishBatchRequestEntries) => {
    const aws = new TestSns();
    const TopicArn = aws.topic('news');
    const error = aws.errorOf(() => aws.do('PublishBatch', { TopicArn, PublishBatchRequestEntries }));
    expect(error).toMatchObject({ code, queryCode: code.replace('Exception', '') });
  });

  it('keeps tags', () => {
    const aws = new TestSns();
    const ResourceArn = aws.topic('news');
    aws.do('TagResource', {
      ResourceArn,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    aws.do('UntagResource', { ResourceArn, TagKeys: ['a'] });
    expect(aws.do('ListTagsForResource', { ResourceArn })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] });
    const twice = [
      { Key: 'a', Value: '1' },
      { Key: 'a', Value: '2' },
    ];
    expect(aws.errorOf(() => aws.do('TagResource', { ResourceArn, Tags: twice })).message).toBe(
      'Invalid parameter: Duplicated keys are not allowed.',
    );
  });
});
