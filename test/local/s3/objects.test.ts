import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestS3 } from './bucket-client.ts';

describe('a bucket', () => {
  it('gives back what was put into it, with its metadata', () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    const ETag = '"5d41402abc4b2a76b9719d911017c592"';
    expect(bucket.put('a/hello.txt', 'hello', { ContentType: 'text/plain', Metadata: { Author: 'me' } })).toEqual({
      ETag,
      ServerSideEncryption: 'AES256',
    });
    const described = {
      ETag,
      ContentLength: 5,
      ContentType: 'text/plain',
      Metadata: { author: 'me' },
      LastModified: new Date(aws.kernel.now()),
      AcceptRanges: 'bytes',
      ServerSideEncryption: 'AES256',
    };
    expect(bucket.do('HeadObject', { Key: 'a/hello.txt' })).toEqual(described);
    expect(bucket.do('GetObject', { Key: 'a/hello.txt' })).toEqual({ ...described, Body: Buffer.from('hello') });
    bucket.do('DeleteObject', { Key: 'a/hello.txt' });
    bucket.do('DeleteObject', { Key: 'a/hello.txt' });
    expect(aws.errorOf(() => bucket.get('a/hello.txt'))).toMatchObject({ code: 'NoSuchKey', status: 404, details: { Key: 'a/hello.txt' } });
    expect(aws.errorOf(() => bucket.do('HeadObject', { Key: 'a/hello.txt' }))).toMatchObject({ code: 'NotFound', status: 404 });
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=5-100', '56789', 'bytes 5-9/10'],
    ['bytes=3-2', '0123456789', undefined],
    ['lines=1-2', '0123456789', undefined],
  ])('gives the range %s', (Range, text, ContentRange) => {
    const bucket = new TestS3().bucket();
    bucket.put('digits', '0123456789');
    const answer = bucket.do('GetObject', { Key: 'digits', Range });
    expect(Buffer.from(answer.Body).toString()).toBe(text);
    expect(answer.ContentRange).toBe(ContentRange);
    expect(answer.ContentLength).toBe(text.length);
  });

  it('has no range behind the end', () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    bucket.put('digits', '0123456789');
    expect(aws.errorOf(() => bucket.get('digits', { Range: 'bytes=10-' }))).toMatchObject({ code: 'InvalidRange', status: 416 });
  });

  it('reads and writes under conditions', async () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    const { ETag } = bucket.put('lock', '1', { IfNoneMatch: '*' });
    expect(aws.errorOf(() => bucket.put('lock', '2', { IfNoneMatch: '*' }))).toMatchObject({ code: 'PreconditionFailed', status: 412 });
    expect(aws.errorOf(() => bucket.put('lock', '2', { IfMatch: '"other"' })).code).toBe('PreconditionFailed');
    expect(aws.errorOf(() => bucket.put('none', '2', { IfMatch: ETag })).code).toBe('NoSuchKey');
    expect(aws.errorOf(() => bucket.get('lock', { IfNoneMatch: ETag }))).toMatchObject({ code: 'NotModified', status: 304 });
    expect(aws.errorOf(() => bucket.get('lock', { IfModifiedSince: new Date(aws.kernel.now()) })).code).toBe('NotModified');
    expect(aws.errorOf(() => bucket.get('lock', { IfMatch: '"other"' })).code).toBe('PreconditionFailed');
    bucket.put('lock', '2', { IfMatch: ETag });
    expect(bucket.get('lock')).toBe('2');
  });

  it('keeps versions, and deletes behind a marker', () => {
    const aws = new TestS3();
    const bucket = aws.bucket('photos', 'Enabled');
    const { VersionId: first } = bucket.put('k', '1');
    const { VersionId: second } = bucket.put('k', '2');
    expect(first).not.toBe(second);
    const { VersionId: marker, DeleteMarker } = bucket.do('DeleteObject', { Key: 'k' });
    expect(DeleteMarker).toBe(true);
    expect(aws.errorOf(() => bucket.get('k')).code).toBe('NoSuchKey');
    expect(bucket.get('k', { VersionId: first })).toBe('1');
    expect(aws.errorOf(() => bucket.get('k', { VersionId: marker })).code).toBe('MethodNotAllowed');
    expect(bucket.keys()).toEqual([]);
    const { Versions, DeleteMarkers } = bucket.do('ListObjectVersions');
    expect(Versions.map(({ VersionId }: { VersionId: string }) => VersionId)).toEqual([second, first]);
    expect(DeleteMarkers).toMatchObject([{ VersionId: marker, IsLatest: true }]);
    expect(aws.errorOf(() => bucket.do('DeleteBucket')).code).toBe('BucketNotEmpty');
    bucket.do('DeleteObject', { Key: 'k', VersionId: marker });
    expect(bucket.get('k')).toBe('2');
    bucket.do('DeleteObjects', {
      Delete: {
        Objects: [
          { Key: 'k', VersionId: first },
          { Key: 'k', VersionId: second },
        ],
      },
    });
    bucket.do('DeleteBucket');
    expect(aws.errorOf(() => bucket.keys()).code).toBe('NoSuchBucket');
  });

  it('copies, with the metadata of the original or its own', () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    bucket.put('a b', 'text', { ContentType: 'text/plain', Tagging: 'x=1' });
    bucket.do('CopyObject', { Key: 'copy', CopySource: 'photos/a%20b' });
    expect(bucket.do('HeadObject', { Key: 'copy' })).toMatchObject({ ContentType: 'text/plain', TagCount: 1 });
    bucket.do('CopyObject', { Key: 'copy', CopySource: 'photos/copy', MetadataDirective: 'REPLACE', ContentType: 'text/html' });
    expect(bucket.do('HeadObject', { Key: 'copy' })).toMatchObject({ ContentType: 'text/html', ContentLength: 4 });
    expect(aws.errorOf(() => bucket.do('CopyObject', { Key: 'copy', CopySource: 'photos/copy' })).code).toBe('InvalidRequest');
    expect(aws.errorOf(() => bucket.do('CopyObject', { Key: 'copy', CopySource: 'photos/none' })).code).toBe('NoSuchKey');
  });

  it('keeps tags of objects', () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    bucket.put('k', 'x', { Tagging: 'a=1&b=two%20words' });
    expect(bucket.do('GetObjectTagging', { Key: 'k' }).TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: 'two words' },
    ]);
    bucket.do('PutObjectTagging', { Key: 'k', Tagging: { TagSet: [{ Key: 'c', Value: '3' }] } });
    expect(bucket.do('GetObjectTagging', { Key: 'k' }).TagSet).toEqual([{ Key: 'c', Value: '3' }]);
    bucket.do('DeleteObjectTagging', { Key: 'k' });
    expect(bucket.do('GetObjectTagging', { Key: 'k' }).TagSet).toEqual([]);
  });

  it('lists by prefix and delimiter, in pages', () => {
    const bucket = new TestS3().bucket();
    for (const key of ['b/1', 'a', 'b/2', 'c/d/1', 'z']) bucket.put(key, 'x');
    expect(bucket.keys()).toEqual(['a', 'b/1', 'b/2', 'c/d/1', 'z']);
    expect(bucket.keys({ Prefix: 'b/' })).toEqual(['b/1', 'b/2']);
    expect(bucket.keys({ StartAfter: 'b/1' })).toEqual(['b/2', 'c/d/1', 'z']);
    const folders = bucket.do('ListObjectsV2', { Delimiter: '/' });
    expect(folders).toMatchObject({ KeyCount: 4, CommonPrefixes: [{ Prefix: 'b/' }, { Prefix: 'c/' }], IsTruncated: false });
    const pages: string[][] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = bucket.do('ListObjectsV2', { Delimiter: '/', MaxKeys: 1, ContinuationToken });
      pages.push(
        [...(page.Contents ?? []), ...(page.CommonPrefixes ?? [])].map(
          (entry: { Key?: string; Prefix?: string }) => entry.Key ?? entry.Prefix ?? '',
        ),
      );
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(pages).toEqual([['a'], ['b/'], ['c/'], ['z']]);
  });

  it('lists every key once, in the order of its bytes, whatever the size of a page', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '😀', '\uffee'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (keys, MaxKeys) => {
        const bucket = new TestS3().bucket();
        for (const each of keys) bucket.put(each, 'x');
        const listed: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = bucket.do('ListObjectsV2', { MaxKeys, ContinuationToken });
          listed.push(...(page.Contents ?? []).map(({ Key }: { Key: string }) => Key));
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken);
        expect(listed).toEqual(keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 100 },
    );
  });

  it('puts parts together', () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    const { UploadId } = bucket.do('CreateMultipartUpload', { Key: 'big', ContentType: 'text/plain' });
    const part = (PartNumber: number, text: string) => ({
      PartNumber,
      ...bucket.do('UploadPart', { Key: 'big', UploadId, PartNumber, Body: Buffer.from(text) }),
    });
    const large = 'x'.repeat(5 * 1024 ** 2);
    const [first, second] = [part(1, large), part(2, 'end')];
    expect(bucket.do('ListParts', { Key: 'big', UploadId }).Parts).toHaveLength(2);
    const complete = (Parts: object[]) => bucket.do('CompleteMultipartUpload', { Key: 'big', UploadId, MultipartUpload: { Parts } });
    expect(aws.errorOf(() => complete([second, first])).code).toBe('InvalidPartOrder');
    expect(aws.errorOf(() => complete([first, { PartNumber: 3, ETag: '"x"' }])).code).toBe('InvalidPart');
    expect(complete([first, second]).ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(bucket.get('big')).toBe(`${large}end`);
    expect(aws.errorOf(() => complete([first])).code).toBe('NoSuchUpload');
  });

  it('keeps its settings', () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    const LifecycleConfiguration = { Rules: [{ ID: 'r', Status: 'Enabled' }] };
    expect(aws.errorOf(() => bucket.do('GetBucketLifecycleConfiguration')).code).toBe('NoSuchLifecycleConfiguration');
    bucket.do('PutBucketLifecycleConfiguration', { LifecycleConfiguration });
    expect(bucket.do('GetBucketLifecycleConfiguration')).toEqual(LifecycleConfiguration);
    bucket.do('DeleteBucketLifecycle');
    expect(aws.errorOf(() => bucket.do('GetBucketLifecycleConfiguration')).code).toBe('NoSuchLifecycleConfiguration');
    expect(bucket.do('GetBucketEncryption').ServerSideEncryptionConfiguration.Rules).toHaveLength(1);
    expect(aws.errorOf(() => aws.bucket('Not-A-Name')).code).toBe('InvalidBucketName');
  });

  it('holds its policy against callers', () => {
    const aws = new TestS3();
    const bucket = aws.bucket();
    const principal = 'arn:aws:iam::000000000000:role/reader';
    bucket.put('secret/1', 'x');
    const deny = { Effect: 'Deny', Principal: { AWS: principal }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::photos/secret/*' };
    bucket.do('PutBucketPolicy', { Policy: JSON.stringify({ Statement: [deny] }) });
    expect(aws.errorOf(() => bucket.do('GetObject', { Key: 'secret/1' }, { principal }))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
    expect(bucket.get('secret/1')).toBe('x');
    expect(aws.errorOf(() => bucket.do('PutObject', { Key: 'logs/1' }, { principal: 'logging.s3.amazonaws.com' })).code).toBe(
      'AccessDenied',
    );
    bucket.do('DeleteBucketPolicy');
    expect(aws.errorOf(() => bucket.do('GetBucketPolicy')).code).toBe('NoSuchBucketPolicy');
  });
});
