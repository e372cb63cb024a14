import { AwsError } from '../../../kernel/index.ts';
import { authorize } from '../access.ts';
import type { Buckets } from '../buckets.ts';
import type { Operations } from './operation.ts';

interface Setting {
  /** `Encryption`: the operations are Put-, Get- and DeleteBucketEncryption. */
  readonly name: string;
  /** The member of the Put request that is the setting. */
  readonly member: string;
  /** The code of the error that Get gives when there is none; without one, Get gives an empty answer. */
  readonly missing?: string;
  /** Whether Get gives the setting's members, not the setting under its name. */
  readonly flat?: boolean;
  /** The action of the bucket's policy, where it is named otherwise. */
  readonly action?: string;
}

/** Settings that change nothing in the local cloud: kept, and given back. */
const SETTINGS: readonly Setting[] = [
  { name: 'BucketEncryption', member: 'ServerSideEncryptionConfiguration', action: 'EncryptionConfiguration' },
  { name: 'BucketCors', member: 'CORSConfiguration', missing: 'NoSuchCORSConfiguration', flat: true, action: 'BucketCORS' },
  { name: 'BucketTagging', member: 'Tagging', missing: 'NoSuchTagSet', flat: true },
  {
    name: 'PublicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    missing: 'NoSuchPublicAccessBlockConfiguration',
    action: 'BucketPublicAccessBlock',
  },
  { name: 'BucketOwnershipControls', member: 'OwnershipControls', missing: 'OwnershipControlsNotFoundError' },
  { name: 'BucketLogging', member: 'BucketLoggingStatus', flat: true },
  { name: 'BucketWebsite', member: 'WebsiteConfiguration', missing: 'NoSuchWebsiteConfiguration', flat: true },
  { name: 'BucketAccelerateConfiguration', member: 'AccelerateConfiguration', flat: true, action: 'AccelerateConfiguration' },
  {
    name: 'ObjectLockConfiguration',
    member: 'ObjectLockConfiguration',
    missing: 'ObjectLockConfigurationNotFoundError',
    action: 'BucketObjectLockConfiguration',
  },
];

const DEFAULTS: Readonly<Record<string, object>> = {
  BucketEncryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }] },
};

export function settingOperations(buckets: Buckets): Operations {
  const operations: Record<string, Operations[string]> = {};
  for (const { name, member, missing, flat = false, action = name } of SETTINGS) {
    operations[`Put${name}`] = (input: Readonly<Record<string, unknown>> & { Bucket?: string }, context) => {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, `Put${action}`, context);
      bucket.settings.set(name, input[member]);
      return {};
    };
    operations[`Get${name}`] = (input: { Bucket?: string }, context) => {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, `Get${action}`, context);
      const setting = bucket.settings.get(name) ?? DEFAULTS[name];
      if (setting === undefined && missing !== undefined) {
        throw new AwsError(missing, `The bucket has no ${member}`, { status: 404, details: { BucketName: bucket.name } });
      }
      if (flat) return { ...(setting as object | undefined) };
      return setting === undefined ? {} : { [member]: setting };
    };
    operations[`Delete${name}`] = (input: { Bucket?: string }, context) => {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, `Put${action}`, context);
      bucket.settings.delete(name);
      return {};
    };
  }
  return operations;
}
