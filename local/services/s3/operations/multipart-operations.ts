import { createHash } from 'node:crypto';
import type {
  AbortMultipartUploadRequest,
  CompletedPart,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListPartsOutput,
  ListPartsRequest,
  UploadPartOutput,
  UploadPartRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/index.ts';
import { authorize } from '../access.ts';
import type { Bucket, Upload, UploadedPart } from '../bucket.ts';
import type { Buckets } from '../buckets.ts';
import { invalidArgument, noSuchUpload } from '../errors.ts';
import { parseTagging } from '../object-tags.ts';
import type { ObjectWriter } from '../object-writer.ts';
import { checkWrite } from '../preconditions.ts';
import { bytesOf, checksumsOf, metadataOf } from '../stored-object.ts';
import { keyOf, versionOf } from './object-operations.ts';
import type { Operations } from './operation.ts';

const SMALLEST_PART = 5 * 1024 ** 2;

/** Uploads in parts. */
export function multipartOperations(buckets: Buckets, writer: ObjectWriter): Operations {
  return {
    CreateMultipartUpload(input: CreateMultipartUploadRequest, context): CreateMultipartUploadOutput {
      const bucket = buckets.find(input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, 'PutObject', context, key);
      const id = buckets.newVersionId();
      const startedAt = buckets.seconds();
      bucket.uploads.set(id, { id, key, startedAt, metadata: metadataOf(input), tags: parseTagging(input.Tagging), parts: new Map() });
      return { Bucket: bucket.name, Key: key, UploadId: id };
    },
    UploadPart(input: UploadPartRequest, context): UploadPartOutput {
      const { bucket, upload } = find(buckets, input);
      authorize(bucket, 'PutObject', context, upload.key);
      const number = input.PartNumber ?? 0;
      if (!(number >= 1 && number <= 10_000)) {
        throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', String(number));
      }
      const body = bytesOf(input.Body);
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      const checksums = checksumsOf(input);
      upload.parts.set(number, { body, etag, modifiedAt: buckets.seconds(), checksums });
      return { ETag: etag, ServerSideEncryption: 'AES256', ...checksums };
    },
    CompleteMultipartUpload(input: CompleteMultipartUploadRequest, context): CompleteMultipartUploadOutput {
      const { bucket, upload } = find(buckets, input);
      authorize(bucket, 'PutObject', context, upload.key);
      checkWrite(input, bucket.objects.current(upload.key), upload.key);
      const parts = partsOf(upload, input.MultipartUpload?.Parts ?? []);
      const digest = createHash('md5');
      for (const { etag } of parts) digest.update(Buffer.from(etag.replaceAll('"', ''), 'hex'));
      const object = {
        key: upload.key,
        body: Buffer.concat(parts.map((part) => part.body)),
        metadata: upload.metadata,
        tags: upload.tags,
        etag: `"${digest.digest('hex')}-${parts.length}"`,
        parts: parts.length,
      };
      const version = writer.put(bucket, object, 'ObjectCreated:CompleteMultipartUpload', context);
      bucket.uploads.delete(upload.id);
      return {
        Location: `http://127.0.0.1:4566/${bucket.name}/${upload.key}`,
        Bucket: bucket.name,
        Key: upload.key,
        ETag: version.etag,
        ServerSideEncryption: 'AES256',
        ...versionOf(bucket, version),
      };
    },
    AbortMultipartUpload(input: AbortMultipartUploadRequest, context) {
      const { bucket, upload } = find(buckets, input);
      authorize(bucket, 'AbortMultipartUpload', context, upload.key);
      bucket.uploads.delete(upload.id);
      return {};
    },
    ListParts(input: ListPartsRequest, context): ListPartsOutput {
      const { bucket, upload } = find(buckets, input);
      authorize(bucket, 'ListMultipartUploadParts', context, upload.key);
      const max = Math.min(input.MaxParts ?? 1000, 1000);
      const after = Number(input.PartNumberMarker ?? 0);
      const numbers = [...upload.parts.keys()].sort((a, b) => a - b).filter((number) => number > after);
      const page = numbers.slice(0, max);
      return {
        Bucket: bucket.name,
        Key: upload.key,
        UploadId: upload.id,
        MaxParts: max,
        PartNumberMarker: String(after),
        IsTruncated: numbers.length > max,
        ...(numbers.length > max ? { NextPartNumberMarker: String(page.at(-1)) } : {}),
        Parts: page.map((PartNumber) => {
          const part = upload.parts.get(PartNumber);
          return { PartNumber, ETag: part?.etag, Size: part?.body.length, LastModified: new Date(part?.modifiedAt ?? 0) };
        }),
      };
    },
    ListMultipartUploads(input: ListMultipartUploadsRequest, context): ListMultipartUploadsOutput {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'ListBucketMultipartUploads', context);
      const uploads = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(input.Prefix ?? ''));
      return {
        Bucket: bucket.name,
        IsTruncated: false,
        Uploads: uploads.map(({ id, key, startedAt }) => ({ UploadId: id, Key: key, Initiated: new Date(startedAt) })),
      };
    },
  };
}

function find(
  buckets: Buckets,
  input: { Bucket?: string | undefined; Key?: string | undefined; UploadId?: string | undefined },
): { bucket: Bucket; upload: Upload } {
  const bucket = buckets.find(input.Bucket);
  const upload = bucket.uploads.get(input.UploadId ?? '');
  if (upload?.key !== input.Key || !upload) throw noSuchUpload(input.UploadId ?? '');
  return { bucket, upload };
}

/** The parts that the object is made of, in their order. */
function partsOf(upload: Upload, named: readonly CompletedPart[]): UploadedPart[] {
  if (named.length === 0) {
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  }
  if (named.some(({ PartNumber: number = 0 }, index) => number <= (named[index - 1]?.PartNumber ?? 0))) {
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order. Parts must be ordered by part number.');
  }
  return named.map(({ PartNumber: number = 0, ETag: etag = '' }, index) => {
    const part = upload.parts.get(number);
    if (part?.etag.replaceAll('"', '') !== etag.replaceAll('"', '') || !part) {
      const text =
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
      throw new AwsError('InvalidPart', text, { details: { PartNumber: String(number), ETag: etag, UploadId: upload.id } });
    }
    if (index < named.length - 1 && part.body.length < SMALLEST_PART) {
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        details: { PartNumber: String(number), ProposedSize: String(part.body.length), MinSizeAllowed: String(SMALLEST_PART) },
      });
    }
    return part;
  });
}
