import type {
  CopyObjectOutput,
  CopyObjectRequest,
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
  PutObjectOutput,
  PutObjectRequest,
} from '@aws-sdk/client-s3';
import { AwsError, type CallContext } from '../../../kernel/index.ts';
import { authorize, authorizeAlso, objectAction } from '../access.ts';
import type { Bucket } from '../bucket.ts';
import type { Buckets } from '../buckets.ts';
import { type ByteRange, parseRange } from '../byte-range.ts';
import { invalidArgument, noSuchKey, noSuchVersion, notFound } from '../errors.ts';
import { parseTagging } from '../object-tags.ts';
import type { ObjectWriter } from '../object-writer.ts';
import { checkRead, checkWrite } from '../preconditions.ts';
import { bytesOf, checksumsOf, metadataOf, type StoredVersion } from '../stored-object.ts';
import type { Operations } from './operation.ts';

const LARGEST = 5 * 1024 ** 3;

/** Writing, reading, copying and deleting objects. */
export function objectOperations(buckets: Buckets, writer: ObjectWriter): Operations {
  return {
    PutObject(input: PutObjectRequest, context): PutObjectOutput {
      const bucket = buckets.find(input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, 'PutObject', context, key);
      checkWrite(input, bucket.objects.current(key), key);
      const body = bytesOf(input.Body);
      if (body.length > LARGEST) throw tooLarge(body.length);
      const object = { key, body, metadata: metadataOf(input), tags: parseTagging(input.Tagging), checksums: checksumsOf(input) };
      const version = writer.put(bucket, object, 'ObjectCreated:Put', context);
      return { ETag: version.etag, ...version.checksums, ...encryptionOf(version), ...versionOf(bucket, version) };
    },
    GetObject(input: GetObjectRequest, context): Omit<GetObjectOutput, 'Body'> & { Body: Uint8Array } {
      const bucket = buckets.find(input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, objectAction('GetObject', '', input.VersionId), context, key);
      const version = visibleVersion(buckets, bucket, key, input.VersionId, context);
      checkRead(input, version);
      const range = parseRange(input.Range, version.body.length);
      const body = range ? version.body.slice(range.start, range.end + 1) : version.body;
      return { ...describe(bucket, version, input, range), ...overridesOf(input), Body: body };
    },
    HeadObject(input: HeadObjectRequest, context): HeadObjectOutput {
      const bucket = headBucket(buckets, input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, objectAction('GetObject', '', input.VersionId), context, key);
      const version = headVersion(() => visibleVersion(buckets, bucket, key, input.VersionId, context));
      checkRead(input, version);
      return { ...describe(bucket, version, input, parseRange(input.Range, version.body.length)), ...overridesOf(input) };
    },
    CopyObject(input: CopyObjectRequest, context): CopyObjectOutput {
      const bucket = buckets.find(input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, 'PutObject', context, key);
      const source = sourceOf(input.CopySource);
      const from = buckets.find(source.bucket);
      authorize(from, objectAction('GetObject', '', source.versionId), context, source.key);
      const original = visibleVersion(buckets, from, source.key, source.versionId, context);
      checkRead(
        {
          IfMatch: input.CopySourceIfMatch,
          IfNoneMatch: input.CopySourceIfNoneMatch,
          IfModifiedSince: input.CopySourceIfModifiedSince,
          IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
        },
        original,
      );
      checkWrite(input, bucket.objects.current(key), key);
      const replaces = input.MetadataDirective === 'REPLACE';
      if (from === bucket && source.key === key && !replaces && input.StorageClass === undefined && source.versionId === undefined) {
        throw new AwsError(
          'InvalidRequest',
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      }
      const metadata = replaces
        ? metadataOf(input)
        : { ...original.metadata, ...(input.StorageClass ? { StorageClass: input.StorageClass } : {}) };
      const tags = input.TaggingDirective === 'REPLACE' ? parseTagging(input.Tagging) : original.tags;
      const object = { key, body: original.body, metadata, tags, checksums: original.checksums };
      const version = writer.put(bucket, object, 'ObjectCreated:Copy', context);
      return {
        CopyObjectResult: { ETag: version.etag, LastModified: new Date(version.modifiedAt), ...version.checksums },
        ...(from.versioning === undefined ? {} : { CopySourceVersionId: original.versionId }),
        ...encryptionOf(version),
        ...versionOf(bucket, version),
      };
    },
    DeleteObject(input: DeleteObjectRequest, context): DeleteObjectOutput {
      const bucket = buckets.find(input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, objectAction('DeleteObject', '', input.VersionId), context, key);
      if (input.IfMatch !== undefined) checkWrite({ IfMatch: input.IfMatch }, bucket.objects.current(key), key);
      const { deleteMarker, versionId } = writer.delete(bucket, key, input.VersionId, context);
      return { ...(deleteMarker ? { DeleteMarker: true } : {}), ...(versionId === undefined ? {} : { VersionId: versionId }) };
    },
    DeleteObjects(input: DeleteObjectsRequest, context): DeleteObjectsOutput {
      const bucket = buckets.find(input.Bucket);
      const objects = input.Delete?.Objects ?? [];
      if (objects.length === 0 || objects.length > 1000) {
        throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
      }
      const deleted: DeleteObjectsOutput['Deleted'] = [];
      const errors: DeleteObjectsOutput['Errors'] = [];
      for (const { Key: key = '', VersionId, ETag } of objects) {
        try {
          authorizeAlso(bucket, objectAction('DeleteObject', '', VersionId), context, buckets.kernel, key);
          if (ETag !== undefined) checkWrite({ IfMatch: ETag }, bucket.objects.current(key), key);
          const { deleteMarker, versionId } = writer.delete(bucket, key, VersionId, context);
          if (input.Delete?.Quiet) continue;
          const marker = deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {};
          deleted.push({ Key: key, ...(VersionId === undefined ? {} : { VersionId }), ...marker });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          errors.push({ Key: key, Code: error.code, Message: error.message, ...(VersionId === undefined ? {} : { VersionId }) });
        }
      }
      return { ...(deleted.length > 0 ? { Deleted: deleted } : {}), ...(errors.length > 0 ? { Errors: errors } : {}) };
    },
  };
}

/** @throws AwsError `NoSuchKey`, `NoSuchVersion`; `MethodNotAllowed` for a delete marker asked for by its id */
export function versionFor(bucket: Bucket, key: string, versionId: string | undefined): StoredVersion {
  if (versionId === undefined) {
    const current = bucket.objects.current(key);
    if (!current) throw noSuchKey(key);
    return current;
  }
  const version = bucket.objects.version(key, versionId);
  if (!version) throw noSuchVersion(key, versionId);
  if (version.deleteMarker) {
    throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', { status: 405 });
  }
  return version;
}

export function keyOf(key: string | undefined): string {
  if (!key) throw invalidArgument('No key was given.', 'Key');
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
  return key;
}

export function versionOf(bucket: Bucket, version: StoredVersion): { VersionId?: string } {
  return bucket.versioning === undefined ? {} : { VersionId: version.versionId };
}

export function tooLarge(size: number): AwsError {
  return new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    details: { ProposedSize: String(size) },
  });
}

function headBucket(buckets: Buckets, name: string | undefined): Bucket {
  try {
    return buckets.find(name);
  } catch {
    throw notFound();
  }
}

/** As {@link versionFor}, but who may not list the bucket is not told that there is nothing. @throws AwsError `AccessDenied`, too */
function visibleVersion(buckets: Buckets, bucket: Bucket, key: string, versionId: string | undefined, context: CallContext): StoredVersion {
  try {
    return versionFor(bucket, key, versionId);
  } catch (error) {
    if (error instanceof AwsError && error.status === 404) authorizeAlso(bucket, 'ListBucket', context, buckets.kernel);
    throw error;
  }
}

function headVersion(find: () => StoredVersion): StoredVersion {
  try {
    return find();
  } catch (error) {
    if (error instanceof AwsError && error.status === 404) throw notFound();
    throw error;
  }
}

type Reading = Pick<GetObjectRequest, 'ChecksumMode'>;

function describe(bucket: Bucket, version: StoredVersion, input: Reading, range: ByteRange | undefined): Omit<GetObjectOutput, 'Body'> {
  const size = version.body.length;
  return {
    AcceptRanges: 'bytes',
    LastModified: new Date(version.modifiedAt),
    ContentLength: range ? range.end - range.start + 1 : size,
    ...(range ? { ContentRange: `bytes ${range.start}-${range.end}/${size}` } : {}),
    ETag: version.etag,
    ContentType: 'application/octet-stream',
    Metadata: {},
    ...(version.metadata as Partial<GetObjectOutput>),
    ...encryptionOf(version),
    ...(input.ChecksumMode === 'ENABLED' && !range ? version.checksums : {}),
    ...(version.tags.size > 0 ? { TagCount: version.tags.size } : {}),
    ...(version.parts === undefined ? {} : { PartsCount: version.parts }),
    ...versionOf(bucket, version),
  };
}

function overridesOf(input: GetObjectRequest | HeadObjectRequest): Partial<GetObjectOutput> {
  const names = ['CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage', 'ContentType', 'Expires'] as const;
  const given = names.filter((name) => input[`Response${name}`] !== undefined).map((name) => [name, input[`Response${name}`]]);
  return Object.fromEntries(given) as Partial<GetObjectOutput>;
}

function encryptionOf(version: StoredVersion): Pick<PutObjectOutput, 'ServerSideEncryption' | 'SSEKMSKeyId'> {
  const { ServerSideEncryption = 'AES256', SSEKMSKeyId } = version.metadata;
  return {
    ServerSideEncryption: ServerSideEncryption as NonNullable<PutObjectOutput['ServerSideEncryption']>,
    ...(SSEKMSKeyId === undefined ? {} : { SSEKMSKeyId }),
  };
}

/** Reads `bucket/key`, `/bucket/key?versionId=…`, percent-encoded as in a URL. */
function sourceOf(source: string | undefined): { bucket: string; key: string; versionId: string | undefined } {
  const [path = '', query = ''] = (source ?? '').replace(/^\//, '').split('?');
  const decoded = decodeURIComponent(path);
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument('Invalid copy source object key', 'x-amz-copy-source', source);
  }
  return {
    bucket: decoded.slice(0, slash),
    key: decoded.slice(slash + 1),
    versionId: new URLSearchParams(query).get('versionId') ?? undefined,
  };
}
