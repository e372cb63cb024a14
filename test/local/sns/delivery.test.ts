import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import { number, TestSns, text } from './topic-client.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:mailer';

describe('a topic', () => {
  it('wraps messages to queues in its envelope', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const queue = aws.queue('inbox');
    const subscription = aws.subscribe(topic, queue);
    const MessageAttributes = { kind: text('sports'), bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(2, 3, 4) } };
    const { MessageId } = aws.publish(topic, 'Hello', { Subject: 'Greeting', MessageAttributes });
    const [message] = await aws.received(queue);
    expect(JSON.parse(message?.Body ?? '')).toEqual({
      Type: 'Notification',
      MessageId,
      TopicArn: topic,
      Subject: 'Greeting',
      Message: 'Hello',
      Timestamp: '2026-01-01T00:00:00.000Z',
      SignatureVersion: '1',
      Signature: expect.any(String),
      SigningCertURL: expect.stringMatching(/^https:\/\/sns\.us-east-1\.amazonaws\.com\/.*\.pem$/),
      UnsubscribeURL: expect.stringContaining(`?Action=Unsubscribe&SubscriptionArn=${subscription}`),
      MessageAttributes: { kind: { Type: 'String', Value: 'sports' }, bytes: { Type: 'Binary', Value: 'AgME' } },
    });
    expect(message?.MessageAttributes).toBeUndefined();
    expect(message?.MessageId).not.toBe(MessageId);
  });

  it('leaves messages as they are for raw delivery', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const queue = aws.queue('inbox');
    aws.subscribe(topic, queue, { RawMessageDelivery: 'true' });
    aws.publish(topic, 'plain', { MessageAttributes: { attr1: number(99.12) } });
    expect(await aws.received(queue)).toMatchObject([
      {
        Body: 'plain',
        MessageAttributes: { attr1: { DataType: 'Number', StringValue: '99.12' } },
        // Recorded on AWS.
        MD5OfMessageAttributes: 'd302007e9aa062660afc85fd0a482472',
      },
    ]);
  });

  it('invokes functions with an event, as sns.amazonaws.com for the topic', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const EventSubscriptionArn = aws.subscribe(topic, FUNCTION);
    const { MessageId } = aws.publish(topic, 'Hello');
    await aws.kernel.settle();
    expect(aws.lambda.events).toMatchObject([
      {
        context: { principal: 'sns.amazonaws.com', sourceArn: topic },
        event: {
          Records: [
            {
              EventSource: 'aws:sns',
              EventVersion: '1.0',
              EventSubscriptionArn,
              Sns: { Type: 'Notification', MessageId, TopicArn: topic, Subject: null, Message: 'Hello', MessageAttributes: {} },
            },
          ],
        },
      },
    ]);
  });

  it('tells each protocol what is meant for it', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const queue = aws.queue('inbox');
    aws.subscribe(topic, queue, { RawMessageDelivery: 'true' });
    aws.subscribe(topic, 'someone@example.com', {}, 'email');
    aws.publish(topic, JSON.stringify({ default: 'for all', sqs: 'for queues' }), { MessageStructure: 'json', Subject: 'Hi' });
    expect(await aws.bodies(queue)).toEqual(['for queues']);
    expect(aws.sns.outside).toEqual([
      { protocol: 'email', endpoint: 'someone@example.com', subject: 'Hi', text: 'for all', at: aws.kernel.now() },
    ]);
  });

  it('delivers by attributes or by body', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const [byAttributes, byBody] = [aws.queue('by-attributes'), aws.queue('by-body')];
    aws.subscribe(topic, byAttributes, { RawMessageDelivery: 'true', FilterPolicy: '{"kind":["sports"]}' });
    aws.subscribe(topic, byBody, {
      RawMessageDelivery: 'true',
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: '{"detail":{"kind":["sports"]}}',
    });
    const body = JSON.stringify({ detail: { kind: 'sports' } });
    aws.publish(topic, 'attribute', { MessageAttributes: { kind: text('sports') } });
    aws.publish(topic, body);
    aws.publish(topic, 'neither');
    expect(await aws.bodies(byAttributes)).toEqual(['attribute']);
    expect(await aws.bodies(byBody)).toEqual([body]);
  });

  it('gives what a queue refuses to the dead-letter queue of the subscription at once', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const [closed, dead] = [aws.queue('closed', false), aws.queue('dead')];
    aws.subscribe(topic, closed, { RawMessageDelivery: 'true', RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }) });
    const start = aws.kernel.now();
    aws.publish(topic, 'refused', { MessageAttributes: { a: text('b') } });
    expect(await aws.received(dead)).toMatchObject([{ Body: 'refused', MessageAttributes: { a: { StringValue: 'b' } } }]);
    expect(aws.kernel.now()).toBe(start);
    expect(aws.sns.lost).toEqual([]);
  });

  it('names what is lost when there is no dead-letter queue that takes it', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const subscriptionArn = aws.subscribe(topic, aws.queue('closed', false));
    const { MessageId } = aws.publish(topic, 'refused');
    await aws.kernel.settle();
    expect(aws.sns.lost).toEqual([
      { subscriptionArn, messageId: MessageId, reason: expect.stringContaining('is not authorized to perform: sqs:sendmessage') },
    ]);
  });

  it('tries again what may pass: thrice at once, twice after a second, then ever slower', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    aws.subscribe(topic, FUNCTION);
    const failure = new AwsError('ServiceException', 'Later.', { fault: 'server' });
    aws.lambda.failures = Array.from({ length: 7 }, () => failure);
    aws.publish(topic, 'insist');
    await aws.kernel.settle();
    const [first = 0, ...others] = aws.lambda.attempts;
    expect(others.map((at) => at - first)).toEqual([0, 0, 0, 1000, 2000, 3349, 5170]);
    expect(aws.lambda.events).toHaveLength(1);
    expect(aws.kernel.pending()).toEqual([]);
  });

  it('posts to an HTTP endpoint, three retries 20 seconds apart by default', async () => {
    const posted: { at: number; headers: Readonly<Record<string, string>>; body: string }[] = [];
    const aws: TestSns = new TestSns({
      post: (_url, body, headers) => {
        posted.push({ at: aws.kernel.now(), headers, body });
        return Promise.resolve({ status: posted.length < 3 ? 503 : 200 });
      },
    });
    const topic = aws.topic('news');
    aws.subscribe(topic, 'https://example.com/hook', { RawMessageDelivery: 'true' }, 'https');
    const start = aws.kernel.now();
    aws.publish(topic, 'knock');
    await aws.kernel.settle();
    expect(posted.map(({ at }) => at - start)).toEqual([0, 20_000, 40_000]);
    expect(posted[0]).toMatchObject({ body: 'knock', headers: { 'x-amz-sns-topic-arn': topic, 'x-amz-sns-rawdelivery': 'true' } });
  });

  it('lets services in by its policy only', async () => {
    const aws = new TestSns();
    const topic = aws.topic('news');
    const byEvents = { principal: 'events.amazonaws.com', sourceArn: 'arn:aws:events:us-east-1:000000000000:rule/r' };
    expect(aws.errorOf(() => aws.publish(topic, 'x', {}, byEvents))).toMatchObject({
      code: 'AuthorizationErrorException',
      queryCode: 'AuthorizationError',
      status: 403,
    });
    aws.publish(topic, 'alarm', {}, { principal: 'cloudwatch.amazonaws.com' });
    const allow = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: topic };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allow] });
    aws.do('SetTopicAttributes', { TopicArn: topic, AttributeName: 'Policy', AttributeValue: Policy });
    aws.publish(topic, 'x', {}, byEvents);
    aws.do('SetTopicAttributes', { TopicArn: topic, AttributeName: 'KmsMasterKeyId', AttributeValue: 'alias/aws/sns' });
    expect(aws.errorOf(() => aws.publish(topic, 'x', {}, byEvents)).code).toBe('KMSAccessDeniedException');
  });
});

describe('a FIFO topic', () => {
  it('delivers each group in order, numbered, without a signature, and what it had within five minutes not again', async () => {
    const aws = new TestSns();
    const topic = aws.topic('orders.fifo', { ContentBasedDeduplication: 'true' });
    const queue = aws.queue('orders.fifo');
    aws.subscribe(topic, queue);
    const first = aws.publish(topic, 'Test', { MessageGroupId: 'g' });
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
    expect(aws.publish(topic, 'Test', { MessageGroupId: 'g' })).toEqual(first);
    aws.publish(topic, 'Second', { MessageGroupId: 'g' });
    const messages = await aws.received(queue);
    const bodies = messages.map((message) => JSON.parse(message.Body ?? ''));
    expect(bodies.map(({ Message }) => Message)).toEqual(['Test', 'Second']);
    expect(bodies[0]).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
    expect(bodies[0].Signature).toBeUndefined();
    expect(messages[0]?.Attributes).toMatchObject({
      MessageGroupId: 'g',
      MessageDeduplicationId: '532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25',
    });
    await aws.kernel.advance(300_000);
    expect(aws.publish(topic, 'Test', { MessageGroupId: 'g' }).MessageId).not.toBe(first.MessageId);
  });

  it('keeps the order also when calls are delayed and fail', async () => {
    const aws = new TestSns();
    const topic = aws.topic('orders.fifo', { ContentBasedDeduplication: 'true' });
    const queue = aws.queue('orders.fifo');
    aws.subscribe(topic, queue, { RawMessageDelivery: 'true' });
    let calls = 0;
    aws.kernel.intercept({
      delay: (call) => (call.operation === 'SendMessage' ? Math.floor(aws.kernel.random() * 5000) : 0),
      before: (call) => {
        if (call.operation === 'SendMessage' && calls++ % 3 === 0) throw new AwsError('ServiceUnavailable', 'Later.', { fault: 'server' });
      },
    });
    const sent = Array.from({ length: 20 }, (_, index) => String(index));
    for (const message of sent) aws.publish(topic, message, { MessageGroupId: `g${Number(message) % 2}` });
    const bodies = await aws.bodies(queue);
    expect(bodies.filter((body) => Number(body) % 2 === 0)).toEqual(sent.filter((body) => Number(body) % 2 === 0));
    expect(bodies.filter((body) => Number(body) % 2 === 1)).toEqual(sent.filter((body) => Number(body) % 2 === 1));
  });

  it('reaches standard queues too, and refuses what it cannot order', async () => {
    const aws = new TestSns();
    const topic = aws.topic('orders.fifo');
    const queue = aws.queue('plain');
    aws.subscribe(topic, queue, { RawMessageDelivery: 'true' });
    aws.publish(topic, 'x', { MessageGroupId: 'g', MessageDeduplicationId: 'd' });
    const [message] = await aws.received(queue);
    expect(message?.Attributes).not.toHaveProperty('MessageGroupId');
    expect(aws.errorOf(() => aws.publish(topic, 'x')).message).toBe(
      'Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
    );
    expect(aws.errorOf(() => aws.publish(topic, 'x', { MessageGroupId: 'g' })).message).toBe(
      'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
    expect(aws.errorOf(() => aws.subscribe(aws.topic('news'), aws.queue('orders.fifo'))).message).toBe(
      'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    );
  });
});
