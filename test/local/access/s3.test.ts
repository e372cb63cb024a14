import { describe, expect, it } from 'vitest';
import { TestAccount } from './test-account.ts';

const BUCKET = 'arn:aws:s3:::photos';

function photos(versioned = false): TestAccount {
  const account = new TestAccount();
  account.root('s3', 'CreateBucket', { Bucket: 'photos' });
  account.root('s3', 'CreateBucket', { Bucket: 'other' });
  if (versioned) account.root('s3', 'PutBucketVersioning', { Bucket: 'photos', VersioningConfiguration: { Status: 'Enabled' } });
  account.root('s3', 'PutObject', { Bucket: 'photos', Key: 'k', Body: Buffer.from('x') });
  account.root('s3', 'PutObject', { Bucket: 'other', Key: 'k', Body: Buffer.from('x') });
  return account;
}

const on = (Action: string | string[], Resource: string = `${BUCKET}/*`) => ({ Action, Resource });

describe('what an operation of S3 needs', () => {
  it.each([
    ['CreateMultipartUpload', { Key: 'k' }, on('s3:PutObject'), 'ok'],
    ['UploadPart', { Key: 'k', UploadId: 'u' }, on('s3:PutObject'), 'NoSuchUpload'],
    ['CompleteMultipartUpload', { Key: 'k', UploadId: 'u' }, on('s3:PutObject'), 'NoSuchUpload'],
    ['AbortMultipartUpload', { Key: 'k', UploadId: 'u' }, on('s3:AbortMultipartUpload'), 'NoSuchUpload'],
    ['ListParts', { Key: 'k', UploadId: 'u' }, on('s3:ListMultipartUploadParts'), 'NoSuchUpload'],
    ['ListMultipartUploads', {}, on('s3:ListBucketMultipartUploads', BUCKET), 'ok'],
    ['ListObjectVersions', {}, on('s3:ListBucketVersions', BUCKET), 'ok'],
    ['GetBucketNotificationConfiguration', {}, on('s3:GetBucketNotification', BUCKET), 'ok'],
    ['GetBucketEncryption', {}, on('s3:GetEncryptionConfiguration', BUCKET), 'ok'],
    ['PutObject', { Key: 'k', Tagging: 'a=b' }, on('s3:PutObject'), 'AccessDenied s3:PutObjectTagging'],
    ['GetObject', { Key: 'k', VersionId: 'null' }, on('s3:GetObject'), 'AccessDenied s3:GetObjectVersion'],
    ['GetObject', { Key: 'k', VersionId: 'null' }, on('s3:GetObjectVersion'), 'ok'],
    ['DeleteObject', { Key: 'k', VersionId: 'null' }, on('s3:DeleteObject'), 'AccessDenied s3:DeleteObjectVersion'],
    ['CopyObject', { Key: 'c', CopySource: 'other/k' }, on('s3:PutObject'), 'AccessDenied s3:GetObject'],
    ['CopyObject', { Key: 'c', CopySource: 'other/k' }, [on('s3:PutObject'), on('s3:GetObject', 'arn:aws:s3:::other/*')], 'ok'],
  ] as const)('%s %j', (operation, input, grants, outcome) => {
    expect(photos().with(grants, 's3', operation, { Bucket: 'photos', ...input })).toBe(outcome);
  });

  it('ListBuckets', () => {
    expect(photos().with({ Action: 's3:ListAllMyBuckets' }, 's3', 'ListBuckets', {})).toBe('ok');
  });
});

describe('a role', () => {
  it('deletes the keys of a list that it may delete, and hears of the others', () => {
    const account = photos(true);
    const { VersionId } = account.root('s3', 'PutObject', { Bucket: 'photos', Key: 'mine/v', Body: Buffer.from('x') });
    const principal = account.role([on('s3:DeleteObject', `${BUCKET}/mine/*`)]);
    const input = { Bucket: 'photos', Delete: { Objects: [{ Key: 'mine/a' }, { Key: 'k' }, { Key: 'mine/v', VersionId }] } };
    expect(account.kernel.invoke({ service: 's3', operation: 'DeleteObjects', input, principal })).toMatchObject({
      Deleted: [{ Key: 'mine/a' }],
      Errors: [
        { Key: 'k', Code: 'AccessDenied' },
        { Key: 'mine/v', VersionId, Code: 'AccessDenied' },
      ],
    });
    expect(account.access.refusals.map(({ action }) => action)).toEqual(['s3:DeleteObject', 's3:DeleteObjectVersion']);
    expect([...account.access.usedBy(principal)]).toEqual(['s3:DeleteObject']);
  });

  it('hears that an object is not there only when it may list the bucket', () => {
    const account = photos();
    const read = on('s3:GetObject');
    const input = { Bucket: 'photos', Key: 'missing' };
    expect(account.with(read, 's3', 'GetObject', input)).toBe('AccessDenied s3:ListBucket');
    expect(account.with(read, 's3', 'HeadObject', input)).toBe('AccessDenied s3:ListBucket');
    const both = [read, on('s3:ListBucket', BUCKET)];
    expect(account.with(both, 's3', 'GetObject', input)).toBe('NoSuchKey');
    expect(account.with(both, 's3', 'HeadObject', input)).toBe('NotFound');
  });
});
