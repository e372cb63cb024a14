import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import { TestS3 } from './bucket-client.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:resize';

describe('event notifications', () => {
  it('tell a queue what happens to objects, after a test message', async () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    const QueueArn = aws.queue('events');
    bucket.do('PutBucketNotificationConfiguration', {
      NotificationConfiguration: {
        QueueConfigurations: [{ Id: 'all', QueueArn, Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:Delete'] }],
      },
    });
    expect(await aws.received(QueueArn)).toMatchObject([{ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'photos' }]);
    bucket.put('a b/ü.txt', 'hello');
    bucket.do('CopyObject', { Key: 'copy', CopySource: 'photos/a%20b/%C3%BC.txt' });
    bucket.do('DeleteObject', { Key: 'copy' });
    bucket.do('DeleteObject', { Key: 'never there' });
    const records = (await aws.received(QueueArn)).flatMap(
      ({ Records }) => Records as { eventName: string; s3: { object: { sequencer: string } } }[],
    );
    expect(records.map(({ eventName }) => eventName)).toEqual(['ObjectCreated:Put', 'ObjectCreated:Copy', 'ObjectRemoved:Delete']);
    expect(records[0]).toMatchObject({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: new Date(aws.kernel.now()).toISOString(),
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'all',
        bucket: { name: 'photos', arn: 'arn:aws:s3:::photos' },
        object: { key: 'a+b/%C3%BC.txt', size: 5, eTag: '5d41402abc4b2a76b9719d911017c592' },
      },
    });
    const [first, second] = records.map(({ s3 }) => s3.object.sequencer);
    expect(String(second) > String(first)).toBe(true);
  });

  it('go by prefix, suffix and kind of event to functions, topics and EventBridge', async () => {
    const aws = new TestS3();
    const bucket = aws.bucket('photos', 'Enabled');
    const Filter = {
      Key: {
        FilterRules: [
          { Name: 'Prefix', Value: 'in/' },
          { Name: 'suffix', Value: '.jpg' },
        ],
      },
    };
    bucket.do('PutBucketNotificationConfiguration', {
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [{ LambdaFunctionArn: FUNCTION, Events: ['s3:ObjectCreated:Put'], Filter }],
        EventBridgeConfiguration: {},
      },
    });
    const { VersionId } = bucket.put('in/1.jpg', 'x');
    bucket.put('in/1.png', 'x');
    bucket.put('out/1.jpg', 'x');
    bucket.do('DeleteObject', { Key: 'in/1.jpg' });
    await aws.kernel.settle();
    expect(aws.lambda.calls).toMatchObject([
      {
        operation: 'Invoke',
        input: { FunctionName: FUNCTION, InvocationType: 'Event' },
        context: { principal: 's3.amazonaws.com', sourceArn: 'arn:aws:s3:::photos' },
      },
    ]);
    const entries = aws.events.calls.map(
      ({ input }) => (input as { Entries: { DetailType: string; Detail: string; Source: string }[] }).Entries[0],
    );
    expect(entries.map((entry) => entry?.DetailType)).toEqual(['Object Created', 'Object Created', 'Object Created', 'Object Deleted']);
    expect(entries[0]?.Source).toBe('aws.s3');
    expect(JSON.parse(entries[0]?.Detail ?? '')).toMatchObject({
      bucket: { name: 'photos' },
      object: { key: 'in/1.jpg', size: 1, 'version-id': VersionId },
      reason: 'PutObject',
    });
    expect(JSON.parse(entries[3]?.Detail ?? '')).toMatchObject({ 'deletion-type': 'Delete Marker Created', reason: 'DeleteObject' });
  });

  it('are not configured where S3 may not deliver', () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    const QueueArn = aws.queue('closed', false);
    const configure = (NotificationConfiguration: object, SkipDestinationValidation = false) =>
      bucket.do('PutBucketNotificationConfiguration', { NotificationConfiguration, SkipDestinationValidation });
    const toQueue = { QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'] }] };
    expect(aws.errorOf(() => configure(toQueue))).toMatchObject({
      code: 'InvalidArgument',
      message: 'Unable to validate the following destination configurations',
    });
    configure(toQueue, true);
    const invalid = { TopicConfigurations: [{ TopicArn: 'invalid-topic', Events: ['s3:ObjectCreated:*'] }] };
    expect(aws.errorOf(() => configure(invalid))).toMatchObject({
      message: 'The ARN could not be parsed',
      details: { ArgumentName: 'Topic', ArgumentValue: 'invalid-topic' },
    });
  });

  it('are tried again when the destination has a fault, and named when they are lost', async () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    const QueueArn = aws.queue('events');
    bucket.do('PutBucketNotificationConfiguration', {
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'] }] },
    });
    await aws.received(QueueArn);
    let calls = 0;
    const stop = aws.kernel.intercept({
      before: (call) => {
        if (call.operation === 'SendMessage' && calls++ < 3) throw new AwsError('ServiceUnavailable', 'Later.', { fault: 'server' });
      },
    });
    bucket.put('k', 'x');
    const start = aws.kernel.now();
    expect(await aws.received(QueueArn)).toHaveLength(1);
    expect(aws.kernel.now() - start).toBe(7000);
    stop();
    aws.call('sqs', 'DeleteQueue', { QueueUrl: QueueArn });
    bucket.put('k', 'x');
    await aws.kernel.settle();
    expect(aws.s3.lost).toMatchObject([
      { bucket: 'photos', key: 'k', destination: QueueArn, reason: 'The specified queue does not exist.' },
    ]);
    expect(aws.kernel.pending()).toEqual([]);
  });
});
