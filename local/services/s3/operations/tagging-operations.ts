import type {
  DeleteObjectTaggingRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  PutObjectTaggingOutput,
  PutObjectTaggingRequest,
} from '@aws-sdk/client-s3';
import { authorize, objectAction } from '../access.ts';
import type { Buckets } from '../buckets.ts';
import { checkTags, tagSet } from '../object-tags.ts';
import type { ObjectWriter } from '../object-writer.ts';
import { keyOf, versionFor, versionOf } from './object-operations.ts';
import type { Operations } from './operation.ts';

/** Tags of objects. */
export function taggingOperations(buckets: Buckets, writer: ObjectWriter): Operations {
  return {
    PutObjectTagging(input: PutObjectTaggingRequest, context): PutObjectTaggingOutput {
      const bucket = buckets.find(input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, objectAction('PutObject', 'Tagging', input.VersionId), context, key);
      const version = versionFor(bucket, key, input.VersionId);
      writer.tag(bucket, version, checkTags(input.Tagging?.TagSet ?? []), 'ObjectTagging:Put', context);
      return versionOf(bucket, version);
    },
    GetObjectTagging(input: GetObjectTaggingRequest, context): GetObjectTaggingOutput {
      const bucket = buckets.find(input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, objectAction('GetObject', 'Tagging', input.VersionId), context, key);
      const version = versionFor(bucket, key, input.VersionId);
      return { TagSet: tagSet(version.tags), ...versionOf(bucket, version) };
    },
    DeleteObjectTagging(input: DeleteObjectTaggingRequest, context) {
      const bucket = buckets.find(input.Bucket);
      const key = keyOf(input.Key);
      authorize(bucket, objectAction('DeleteObject', 'Tagging', input.VersionId), context, key);
      const version = versionFor(bucket, key, input.VersionId);
      writer.tag(bucket, version, new Map(), 'ObjectTagging:Delete', context);
      return versionOf(bucket, version);
    },
  };
}
