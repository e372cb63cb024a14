import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import type { WireResponse } from '../../../local/wire/index.ts';
import { type StubCloud, stubCloud } from './stub-cloud.ts';

describe('objects of S3', () => {
  let cloud: StubCloud;
  let client: S3Client;
  const content = Buffer.from('first line\r\nsecond ☃\r\n0\r\n'.repeat(4_000));

  beforeAll(async () => {
    cloud = await stubCloud(['s3']);
    client = new S3Client({
      endpoint: cloud.server.url,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      region: 'us-east-1',
      maxAttempts: 1,
    });
  });
  beforeEach(() => {
    cloud.seen.length = 0;
    cloud.answer = () => ({ ETag: '"e"' });
  });
  afterAll(async () => {
    client.destroy();
    await cloud.stop();
  });

  const put = (body: Uint8Array, headers: Record<string, string>): Promise<WireResponse> =>
    cloud.wire.handle({ method: 'PUT', url: '/b/k', headers: { host: 's3.localhost', ...headers }, body });

  it('takes a stream out of its chunks, with the checksum that trails it', async () => {
    const parts = [content.subarray(0, 50_000), content.subarray(50_000)];
    await client.send(
      new PutObjectCommand({
        Bucket: 'b',
        Key: 'k',
        Body: Readable.from(parts),
        ContentLength: content.length,
        ContentEncoding: 'identity',
      }),
    );
    const input = cloud.seen[0]?.input ?? {};
    expect(Buffer.from(input.Body as Uint8Array).equals(content)).toBe(true);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(content));
    expect(input).toMatchObject({ ContentLength: content.length, ContentEncoding: 'identity', ChecksumCRC32: checksum.toString('base64') });
  });

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)('verifies %s', async (algorithm) => {
    await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: content, ChecksumAlgorithm: algorithm }));
    const checksum = cloud.seen[0]?.input[`Checksum${algorithm}`];
    expect(checksum).toBeTypeOf('string');
    const damaged = Uint8Array.from(content);
    damaged[7] = 0;
    const response = await put(damaged, { [`x-amz-checksum-${algorithm.toLowerCase()}`]: String(checksum) });
    expect(response.status).toBe(400);
    expect(Buffer.from(response.body).toString()).toContain('<Code>BadDigest</Code>');
    expect(cloud.seen).toHaveLength(1);
  });

  it('verifies the MD5 of a body', async () => {
    const md5 = createHash('md5').update('hello').digest('base64');
    expect((await put(Buffer.from('hello'), { 'content-md5': md5 })).status).toBe(200);
    expect((await put(Buffer.from('hullo'), { 'content-md5': md5 })).status).toBe(400);
  });

  const CHUNKS = '5;chunk-signature=aa\r\nhello\r\n7;chunk-signature=bb\r\n, world\r\n0;chunk-signature=cc\r\n\r\n';

  it('takes signed chunks, and leaves the encoding of the object itself', async () => {
    const headers = { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'content-encoding': 'aws-chunked,gzip' };
    await put(Buffer.from(CHUNKS), headers);
    expect(cloud.seen[0]?.input).toMatchObject({
      Body: new Uint8Array(Buffer.from('hello, world')),
      ContentEncoding: 'gzip',
      ContentLength: 12,
    });
  });

  it.each([5, 20, 24, 28, 52, 60])('refuses a body that ends within its chunks, after %i bytes', async (length) => {
    const response = await put(Buffer.from(CHUNKS).subarray(0, length), { 'content-encoding': 'aws-chunked' });
    expect(response.status).toBe(400);
    expect(Buffer.from(response.body).toString()).toContain('<Code>IncompleteBody</Code>');
    expect(cloud.seen).toEqual([]);
  });

  it('gives objects as streams, and parts of them with the status for parts', async () => {
    cloud.answer = ({ input }) =>
      input.Range === undefined
        ? { Body: content, ContentType: 'text/plain', Metadata: { colour: 'red' }, LastModified: new Date('2026-02-03T04:05:06Z') }
        : { Body: content.subarray(0, 5), ContentRange: `bytes 0-4/${content.length}` };
    const whole = await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
    expect(await whole.Body?.transformToString()).toBe(content.toString());
    expect(whole).toMatchObject({
      ContentLength: content.length,
      ContentType: 'text/plain',
      Metadata: { colour: 'red' },
      LastModified: new Date('2026-02-03T04:05:06Z'),
    });
    const part = await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k', Range: 'bytes=0-4' }));
    expect(await part.Body?.transformToString()).toBe('first');
    expect(part.$metadata.httpStatusCode).toBe(206);
  });

  it('tells the length of an object without sending it', async () => {
    cloud.answer = () => ({ ContentLength: 12_345, ETag: '"e"' });
    expect(await client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))).toMatchObject({ ContentLength: 12_345, ETag: '"e"' });
    cloud.answer = () => {
      throw new AwsError('NotFound', 'Not Found', { status: 404 });
    };
    await expect(client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toMatchObject({ name: 'NotFound' });
  });
});
