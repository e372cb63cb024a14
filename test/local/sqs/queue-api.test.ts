import { describe, expect, it } from 'vitest';
import { deadLetterTo, TestSqs } from './queue-client.ts';

describe('the API of SQS', () => {
  it('creates a queue once, whatever the order of calls, and refuses other attributes', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { DelaySeconds: '3' });
    expect(queue.url).toBe('http://127.0.0.1:4566/000000000000/jobs');
    expect(sqs.create('jobs', { DelaySeconds: '3' }).url).toBe(queue.url);
    expect(sqs.create('jobs').url).toBe(queue.url);
    expect(sqs.errorOf(() => sqs.create('jobs', { DelaySeconds: '4' }))).toMatchObject({
      code: 'QueueNameExists',
      queryCode: 'QueueAlreadyExists',
      message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
    });
  });

  it('has the attributes of AWS by default', () => {
    const sqs = new TestSqs();
    const second = String(sqs.kernel.now() / 1000);
    const standard = {
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      CreatedTimestamp: second,
      DelaySeconds: '0',
      LastModifiedTimestamp: second,
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    };
    expect(sqs.create('jobs').attributes()).toEqual({ ...standard, QueueArn: 'arn:aws:sqs:us-east-1:000000000000:jobs' });
    expect(sqs.create('jobs.fifo').attributes()).toEqual({
      ...standard,
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:jobs.fifo',
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
    });
  });

  it.each([
    ['FifoQueue', 'false', 'InvalidAttributeName', 'Unknown Attribute FifoQueue.'],
    ['ContentBasedDeduplication', 'true', 'InvalidAttributeName', 'Unknown Attribute ContentBasedDeduplication.'],
    ['DeduplicationScope', 'queue', 'InvalidAttributeName', 'You can specify the DeduplicationScope only when FifoQueue is set to true.'],
    ['DelaySeconds', '901', 'InvalidAttributeValue', 'Invalid value for the parameter DelaySeconds.'],
    ['MaximumMessageSize', '1023', 'InvalidAttributeValue', 'Invalid value for the parameter MaximumMessageSize.'],
    ['MaximumMessageSize', '1048577', 'InvalidAttributeValue', 'Invalid value for the parameter MaximumMessageSize.'],
    ['Colour', 'red', 'InvalidAttributeName', 'Unknown Attribute Colour.'],
  ])('refuses the attribute %s = %s', (name, value, code, message) => {
    const sqs = new TestSqs();
    expect(sqs.errorOf(() => sqs.create('jobs', { [name]: value }))).toMatchObject({ code, message });
  });

  it('has one kind of encryption at a time', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    expect(sqs.errorOf(() => queue.set({ KmsMasterKeyId: 'k', SqsManagedSseEnabled: 'true' })).code).toBe('InvalidAttributeName');
    queue.set({ KmsMasterKeyId: 'k' });
    expect(queue.attributes()).toMatchObject({ KmsMasterKeyId: 'k', SqsManagedSseEnabled: 'false' });
  });

  it('says that a queue does not exist, in the words of both protocols', () => {
    const sqs = new TestSqs();
    expect(sqs.errorOf(() => sqs.do('GetQueueUrl', { QueueName: 'none' }))).toMatchObject({
      code: 'QueueDoesNotExist',
      queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
      message: 'The specified queue does not exist.',
      status: 400,
    });
  });

  it('finds a queue by the last segment of whatever URL', () => {
    const sqs = new TestSqs();
    sqs.create('jobs').send('x');
    const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs';
    expect(sqs.do('ReceiveMessage', { QueueUrl }).Messages).toHaveLength(1);
  });

  it('lists queues by prefix, in pages', () => {
    const sqs = new TestSqs();
    for (const name of ['b-2', 'a-1', 'b-1', 'b-3']) sqs.create(name);
    const first = sqs.do('ListQueues', { QueueNamePrefix: 'b-', MaxResults: 2 });
    expect(first.QueueUrls.map((url: string) => url.slice(-3))).toEqual(['b-1', 'b-2']);
    const second = sqs.do('ListQueues', { QueueNamePrefix: 'b-', MaxResults: 2, NextToken: first.NextToken });
    expect(second).toEqual({ QueueUrls: [expect.stringMatching(/b-3$/)] });
    expect(sqs.do('ListQueues', { QueueNamePrefix: 'z' })).toEqual({});
  });

  it('answers each entry of a batch, and leaves out empty lists', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { MaximumMessageSize: '1024' });
    const sent = sqs.do('SendMessageBatch', {
      QueueUrl: queue.url,
      Entries: [
        { Id: 'good', MessageBody: 'x' },
        { Id: 'long', MessageBody: 'x'.repeat(1025) },
        { Id: 'odd', MessageBody: 'a\u0000b' },
      ],
    });
    expect(sent.Successful).toMatchObject([{ Id: 'good', MD5OfMessageBody: '9dd4e461268c8034f5c8564e155c67a6' }]);
    expect(sent.Failed).toMatchObject([
      {
        Id: 'long',
        SenderFault: true,
        Code: 'InvalidParameterValue',
        Message: 'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.',
      },
      { Id: 'odd', SenderFault: true, Code: 'InvalidMessageContents' },
    ]);
    const [message] = queue.receive();
    const Entries = [
      { Id: 'a', ReceiptHandle: message?.ReceiptHandle },
      { Id: 'b', ReceiptHandle: 'nonsense' },
    ];
    const deleted = sqs.do('DeleteMessageBatch', { QueueUrl: queue.url, Entries });
    expect(deleted.Successful).toEqual([{ Id: 'a' }]);
    expect(deleted.Failed).toMatchObject([{ Id: 'b', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }]);
    expect(sqs.do('DeleteMessageBatch', { QueueUrl: queue.url, Entries: Entries.slice(0, 1) }).Failed).toBeUndefined();
  });

  it.each([
    ['EmptyBatchRequest', []],
    ['TooManyEntriesInBatchRequest', Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, MessageBody: 'x' }))],
    ['InvalidBatchEntryId', [{ Id: 'a b', MessageBody: 'x' }]],
    [
      'BatchEntryIdsNotDistinct',
      [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'a', MessageBody: 'y' },
      ],
    ],
    [
      'BatchRequestTooLong',
      [
        { Id: 'a', MessageBody: 'x'.repeat(1_000_000) },
        { Id: 'b', MessageBody: 'x'.repeat(48_577) },
      ],
    ],
  ])('refuses a whole batch: %s', (code, Entries) => {
    const sqs = new TestSqs();
    const { url: QueueUrl } = sqs.create('jobs');
    const error = sqs.errorOf(() => sqs.do('SendMessageBatch', { QueueUrl, Entries }));
    expect(error).toMatchObject({ code, queryCode: `AWS.SimpleQueueService.${code}` });
  });

  it('takes messages of up to 1 MiB, attributes included', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
    queue.send('x'.repeat(1_048_576));
    queue.send('x'.repeat(1_048_565), { MessageAttributes });
    expect(sqs.errorOf(() => queue.send('x'.repeat(1_048_566), { MessageAttributes }))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
    });
  });

  it('refuses an empty body and characters that XML does not have', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    expect(sqs.errorOf(() => queue.send(''))).toMatchObject({
      code: 'MissingParameter',
      message: 'The request must contain the parameter MessageBody.',
    });
    expect(sqs.errorOf(() => queue.send('\u0007')).code).toBe('InvalidMessageContents');
    expect(sqs.errorOf(() => queue.send('\uD800')).code).toBe('InvalidMessageContents');
    queue.send('tab\t, line\r\n, accents é, emoji 🛫');
  });

  // Digests recorded on AWS.
  it('digests message attributes as SDKs check them', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { VisibilityTimeout: '0' });
    queue.send('msg', { MessageAttributes: { Foo: { DataType: 'String', StringValue: 'Bar' } } });
    expect(queue.receive()[0]?.MD5OfMessageAttributes).toBe('ae7155c6026991b6d54b11589678bf9c');

    const other = sqs.create('others', { VisibilityTimeout: '0' });
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const sent = other.send('msg', { MessageAttributes: { 'Help.Me': text('Me'), Hello: text('There'), General: text('Kenobi') } });
    expect(sent).toMatchObject({ MD5OfMessageAttributes: '4c360f3fdafd970e05fae2f149d997f5' });
    const digestOf = (...MessageAttributeNames: string[]) => other.receive({ MessageAttributeNames })[0]?.MD5OfMessageAttributes;
    expect(digestOf('General', 'Hello')).toBe('fca026605781cb4126a1e9044df24232');
    expect(digestOf('Hello', 'Foo')).toBe('a311262e065454b75da111d535b8dacd');
    expect(digestOf('Foo')).toBeUndefined();
    expect(digestOf()).toBeUndefined();
    expect(Object.keys(other.receive({ MessageAttributeNames: ['Hel.*'] })[0]?.MessageAttributes ?? {}).sort()).toEqual([
      'Hello',
      'Help.Me',
    ]);

    const binary = sqs.create('binary');
    binary.send('test', {
      MessageAttributes: {
        attr1: { DataType: 'Binary', BinaryValue: Buffer.from('traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01') },
      },
    });
    expect(binary.receive()[0]?.MD5OfMessageAttributes).toBe('8cbe4db156db8a94db8b801b7addb984');
  });

  it.each([
    [{ DataType: 'String', StringValue: '' }, "Message (user) attribute 'k' must contain a non-empty value of type 'String'."],
    [{ DataType: 'Number', StringValue: 'one' }, "Can't cast the value of message (user) attribute 'k' to a number."],
    [{ DataType: '', StringValue: 'x' }, "The message attribute 'k' must contain a non-empty message attribute type."],
    [
      { DataType: 'Text', StringValue: 'x' },
      "The message attribute 'k' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
    ],
  ])('refuses the message attribute %j', (attribute, message) => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    expect(sqs.errorOf(() => queue.send('x', { MessageAttributes: { k: attribute } }))).toMatchObject({
      code: 'InvalidParameterValue',
      message,
    });
  });

  it('carries the trace header as a system attribute', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    queue.send('x', { MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: header } } });
    expect(queue.receive({ MessageSystemAttributeNames: ['AWSTraceHeader'] })[0]?.Attributes).toEqual({ AWSTraceHeader: header });
  });

  it.each([
    ['MaxNumberOfMessages', 11, 'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.'],
    ['WaitTimeSeconds', 21, 'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.'],
    ['WaitTimeSeconds', -1, 'Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.'],
  ])('refuses a receive with %s %i', (name, value, message) => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    expect(sqs.errorOf(() => queue.receive({ [name]: value }))).toMatchObject({ code: 'InvalidParameterValue', message });
  });

  it('checks a redrive policy against the queue it names', () => {
    const sqs = new TestSqs();
    const dead = sqs.create('dead', {
      RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: ['arn:aws:sqs:us-east-1:000000000000:jobs'] }),
    });
    const missing = JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:none', maxReceiveCount: 1 });
    expect(sqs.errorOf(() => sqs.create('jobs', { RedrivePolicy: missing })).message).toContain('Dead letter target does not exist.');
    expect(sqs.errorOf(() => sqs.create('other', deadLetterTo(dead, 3))).code).toBe('InvalidParameterValue');
    const queue = sqs.create('jobs', deadLetterTo(dead, 3));
    expect(sqs.do('ListDeadLetterSourceQueues', { QueueUrl: dead.url })).toEqual({ queueUrls: [queue.url] });
    queue.set({ RedrivePolicy: '' });
    expect(queue.attributes().RedrivePolicy).toBeUndefined();
    expect(sqs.do('ListDeadLetterSourceQueues', { QueueUrl: dead.url })).toEqual({ queueUrls: [] });
  });

  it('keeps tags', () => {
    const sqs = new TestSqs();
    const { url: QueueUrl } = sqs.create('jobs');
    sqs.do('TagQueue', { QueueUrl, Tags: { a: '1', b: '2' } });
    sqs.do('UntagQueue', { QueueUrl, TagKeys: ['a'] });
    expect(sqs.do('ListQueueTags', { QueueUrl })).toEqual({ Tags: { b: '2' } });
  });

  it('names an operation that it does not have', () => {
    expect(new TestSqs().errorOf(() => new TestSqs().do('Fly', {})).code).toBe('UnknownOperationException');
  });
});
