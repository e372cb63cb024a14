import type {
  DeleteBucketLifecycleRequest,
  GetBucketLifecycleConfigurationOutput,
  GetBucketLifecycleConfigurationRequest,
  LifecycleRule,
  PutBucketLifecycleConfigurationRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/index.ts';
import { authorize } from '../access.ts';
import type { Buckets } from '../buckets.ts';
import { invalidArgument } from '../errors.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { Operations } from './operation.ts';

const SETTING = 'BucketLifecycleConfiguration';

/** The rules by which objects of a bucket end. Transitions to other storage classes change nothing here. */
export function lifecycleOperations(buckets: Buckets, lifecycle: Lifecycle): Operations {
  return {
    PutBucketLifecycleConfiguration(input: PutBucketLifecycleConfigurationRequest, context) {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'PutLifecycleConfiguration', context);
      const rules = input.LifecycleConfiguration?.Rules ?? [];
      for (const rule of rules) check(rule);
      bucket.settings.set(SETTING, input.LifecycleConfiguration);
      lifecycle.set(bucket, rules);
      return {};
    },
    GetBucketLifecycleConfiguration(input: GetBucketLifecycleConfigurationRequest, context): GetBucketLifecycleConfigurationOutput {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'GetLifecycleConfiguration', context);
      const configuration = bucket.settings.get(SETTING);
      if (configuration !== undefined) return { ...(configuration as object) };
      const text = 'The lifecycle configuration does not exist';
      throw new AwsError('NoSuchLifecycleConfiguration', text, { status: 404, details: { BucketName: bucket.name } });
    },
    DeleteBucketLifecycle(input: DeleteBucketLifecycleRequest, context) {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'PutLifecycleConfiguration', context);
      bucket.settings.delete(SETTING);
      lifecycle.set(bucket, []);
      return {};
    },
  };
}

function check({ Expiration: expiration, NoncurrentVersionExpiration: noncurrent }: LifecycleRule): void {
  const days = { Expiration: expiration?.Days, NoncurrentVersionExpiration: noncurrent?.NoncurrentDays };
  for (const [action, count] of Object.entries(days)) {
    if (count !== undefined && !(Number.isInteger(count) && count > 0)) {
      throw invalidArgument(`'Days' for ${action} action must be a positive integer`);
    }
  }
  if (expiration?.Date !== undefined && expiration.Date.getTime() % 86_400_000 !== 0) {
    throw invalidArgument("'Date' must be at midnight GMT");
  }
}
