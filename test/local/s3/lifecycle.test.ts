import { App, Duration, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { LocalCloud } from '../../../local/index.ts';
import { TestS3 } from './bucket-client.ts';

const DAY = 24 * 3_600_000;

/** A bucket with one enabled rule, half past ten in the morning. */
async function ruled(rule: object, versioning?: 'Enabled') {
  const aws = new TestS3();
  const bucket = aws.bucket('photos', versioning);
  bucket.do('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ...rule }] } });
  await aws.kernel.advance(10.5 * 3_600_000);
  return { aws, bucket, pass: (days: number) => aws.kernel.advance(days * DAY) };
}

describe('a lifecycle rule', () => {
  it('ends objects at the midnight after their days', async () => {
    const { aws, bucket, pass } = await ruled({ Expiration: { Days: 3 }, Filter: { Prefix: 'logs/' } });
    bucket.put('logs/a', 'x');
    bucket.put('kept', 'x');
    await pass(3);
    expect(bucket.keys()).toEqual(['kept', 'logs/a']);
    await pass(13.5 / 24);
    expect(bucket.keys()).toEqual(['kept']);
    expect(aws.kernel.now()).toBe(Date.UTC(2026, 0, 5));
  });

  it('picks objects by tag and size', async () => {
    const And = { Prefix: '', Tags: [{ Key: 'keep', Value: 'no' }], ObjectSizeGreaterThan: 2 };
    const { bucket, pass } = await ruled({ Expiration: { Days: 1 }, Filter: { And } });
    bucket.put('small', 'xx', { Tagging: 'keep=no' });
    bucket.put('untagged', 'xxx');
    bucket.put('gone', 'xxx', { Tagging: 'keep=no' });
    await pass(2);
    expect(bucket.keys()).toEqual(['small', 'untagged']);
  });

  it('puts a marker before the versions of a key, ends those in their turn, and then the marker', async () => {
    const { bucket, pass } = await ruled({ Expiration: { Days: 1 }, NoncurrentVersionExpiration: { NoncurrentDays: 2 } }, 'Enabled');
    bucket.put('a', '1');
    await pass(2);
    expect(bucket.keys()).toEqual([]);
    const versions = () => {
      const { Versions = [], DeleteMarkers = [] } = bucket.do('ListObjectVersions');
      return [Versions.length, DeleteMarkers.length];
    };
    expect(versions()).toEqual([1, 1]);
    await pass(2);
    expect(versions()).toEqual([0, 1]);
    await pass(1);
    expect(versions()).toEqual([0, 0]);
  });

  it('keeps as many newer noncurrent versions as it says', async () => {
    const { bucket, pass } = await ruled({ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 1 } }, 'Enabled');
    const ids = ['1', '2', '3', '4'].map((text) => bucket.put('a', text).VersionId);
    await pass(2);
    expect(bucket.do('ListObjectVersions').Versions.map(({ VersionId }: { VersionId: string }) => VersionId)).toEqual([ids[3], ids[2]]);
  });

  it('ends uploads that nobody completes, and tells of what it deletes', async () => {
    const { aws, bucket, pass } = await ruled({ Expiration: { Days: 1 }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } });
    const queue = aws.queue('events');
    const QueueConfigurations = [{ QueueArn: queue, Events: ['s3:ObjectRemoved:*', 's3:LifecycleExpiration:*'] }];
    bucket.do('PutBucketNotificationConfiguration', { NotificationConfiguration: { QueueConfigurations } });
    bucket.do('CreateMultipartUpload', { Key: 'parts' });
    bucket.put('a', 'x');
    await pass(2);
    expect(bucket.do('ListMultipartUploads').Uploads).toEqual([]);
    const [, event] = await aws.received(queue);
    expect(event).toMatchObject({ Records: [{ eventName: 'LifecycleExpiration:Delete', s3: { object: { key: 'a' } } }] });
  });

  it('ends nothing once it is disabled or gone', async () => {
    const { aws, bucket, pass } = await ruled({ Status: 'Disabled', Expiration: { Days: 1 } });
    const other = aws.bucket('other');
    other.do('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Expiration: { Days: 1 } }] } });
    other.do('DeleteBucketLifecycle');
    bucket.put('a', 'x');
    other.put('b', 'x');
    await pass(3);
    expect([bucket.keys(), other.keys()]).toEqual([['a'], ['b']]);
  });

  it('comes from the template', async () => {
    const app = new App({ analyticsReporting: false });
    const lifecycleRules = [
      {
        prefix: 'logs/',
        tagFilters: { keep: 'no' },
        objectSizeGreaterThan: 1,
        expiration: Duration.days(1),
        noncurrentVersionExpiration: Duration.days(2),
        noncurrentVersionsToRetain: 3,
        abortIncompleteMultipartUploadAfter: Duration.days(4),
      },
      { expiredObjectDeleteMarker: true },
    ];
    new Bucket(new Stack(app, 'Test'), 'Bucket', { bucketName: 'photos', lifecycleRules });
    const cloud = await LocalCloud.fromApp(app);
    expect(cloud.kernel.invoke({ service: 's3', operation: 'GetBucketLifecycleConfiguration', input: { Bucket: 'photos' } })).toEqual({
      Rules: [
        {
          Status: 'Enabled',
          Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'keep', Value: 'no' }], ObjectSizeGreaterThan: 1 } },
          Expiration: { Days: 1 },
          NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 3 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 4 },
        },
        { Status: 'Enabled', Filter: { And: {} }, Expiration: { ExpiredObjectDeleteMarker: true } },
      ],
    });
    await cloud.stop();
  });
});
