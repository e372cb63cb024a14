import { type Input, one, type Permission } from '../permission.ts';

/** Actions that are named otherwise than their operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: 'PutObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  DeleteBucketCors: 'PutBucketCORS',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketTagging: 'PutBucketTagging',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListBuckets: 'ListAllMyBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListObjectVersions: 'ListBucketVersions',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListParts: 'ListMultipartUploadParts',
  PutBucketAccelerateConfiguration: 'PutAccelerateConfiguration',
  PutBucketCors: 'PutBucketCORS',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  PutObjectLockConfiguration: 'PutBucketObjectLockConfiguration',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  UploadPart: 'PutObject',
};

/** What a version that is named needs in place of the action on the object. */
const VERSION_ACTIONS: Readonly<Record<string, string>> = {
  DeleteObject: 'DeleteObjectVersion',
  DeleteObjectTagging: 'DeleteObjectVersionTagging',
  GetObject: 'GetObjectVersion',
  GetObjectTagging: 'GetObjectVersionTagging',
  PutObjectTagging: 'PutObjectVersionTagging',
};

/**
 * The permissions of S3, whose operations and actions are named apart.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export function s3(operation: string, input: Input): readonly Permission[] {
  // Judged key by key while it runs: a refused key is an entry of its errors.
  if (operation === 'DeleteObjects') return [];
  const action = ACTIONS[operation] ?? operation;
  const versioned = input.VersionId === undefined ? action : (VERSION_ACTIONS[action] ?? action);
  if (input.Bucket === undefined) return one(`s3:${versioned}`, '*');
  const resource = `arn:aws:s3:::${String(input.Bucket)}${input.Key === undefined ? '' : `/${String(input.Key)}`}`;
  const needed = [...one(`s3:${versioned}`, resource)];
  if (input.Tagging !== undefined && action === 'PutObject') needed.push(...one('s3:PutObjectTagging', resource));
  if (operation === 'CopyObject') needed.push(...source(String(input.CopySource ?? '')));
  return needed;
}

/** What reading the source of a copy needs: `bucket/key`, percent-encoded, with or without `?versionId=`. */
function source(copySource: string): readonly Permission[] {
  const [path = '', version] = copySource.replace(/^\//, '').split('?versionId=');
  return one(version === undefined ? 's3:GetObject' : 's3:GetObjectVersion', `arn:aws:s3:::${decodeURIComponent(path)}`);
}
