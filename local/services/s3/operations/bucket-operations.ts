import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  GetBucketNotificationConfigurationRequest,
  GetBucketPolicyOutput,
  GetBucketPolicyRequest,
  GetBucketVersioningOutput,
  GetBucketVersioningRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  NotificationConfiguration,
  PutBucketNotificationConfigurationRequest,
  PutBucketPolicyRequest,
  PutBucketVersioningRequest,
} from '@aws-sdk/client-s3';
import { AwsError, REGION } from '../../../kernel/index.ts';
import { parsePolicy } from '../../../kernel/policy/index.ts';
import { authorize } from '../access.ts';
import type { Buckets } from '../buckets.ts';
import { notFound } from '../errors.ts';
import { checkConfiguration } from '../notifications/configuration.ts';
import type { Notifier } from '../notifications/notifier.ts';
import type { Operations } from './operation.ts';

/** Making, finding and configuring buckets. */
export function bucketOperations(buckets: Buckets, notifier: Notifier): Operations {
  return {
    CreateBucket(input: CreateBucketRequest): CreateBucketOutput {
      return { Location: `/${buckets.create(input.Bucket).name}` };
    },
    DeleteBucket(input: DeleteBucketRequest, context) {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'DeleteBucket', context);
      buckets.delete(bucket);
      return {};
    },
    HeadBucket(input: HeadBucketRequest, context): HeadBucketOutput {
      const bucket = buckets.all().find(({ name }) => name === input.Bucket);
      if (!bucket) throw notFound();
      authorize(bucket, 'ListBucket', context);
      return { BucketRegion: REGION, AccessPointAlias: false };
    },
    ListBuckets(): ListBucketsOutput {
      const Buckets = buckets.all().map(({ name, createdAt }) => ({ Name: name, CreationDate: new Date(createdAt) }));
      return { Buckets, Owner: { ID: 'local' } };
    },
    GetBucketLocation(input: GetBucketLocationRequest): GetBucketLocationOutput {
      buckets.find(input.Bucket);
      // The oldest region has no name here.
      return { LocationConstraint: undefined };
    },
    PutBucketVersioning(input: PutBucketVersioningRequest, context) {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'PutBucketVersioning', context);
      const status = input.VersioningConfiguration?.Status;
      if (status !== 'Enabled' && status !== 'Suspended') {
        throw new AwsError('IllegalVersioningConfigurationException', 'The Versioning element must be specified');
      }
      bucket.versioning = status;
      return {};
    },
    GetBucketVersioning(input: GetBucketVersioningRequest): GetBucketVersioningOutput {
      const { versioning } = buckets.find(input.Bucket);
      return versioning === undefined ? {} : { Status: versioning };
    },
    PutBucketPolicy(input: PutBucketPolicyRequest, context) {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'PutBucketPolicy', context);
      const parsed = parsePolicy(input.Policy);
      if (!parsed.ok) throw new AwsError('MalformedPolicy', `Policies must be valid JSON: ${parsed.problem}`);
      bucket.policyText = input.Policy;
      bucket.policy = parsed.statements;
      return {};
    },
    GetBucketPolicy(input: GetBucketPolicyRequest, context): GetBucketPolicyOutput {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'GetBucketPolicy', context);
      if (bucket.policyText === undefined) {
        throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', { status: 404, details: { BucketName: bucket.name } });
      }
      return { Policy: bucket.policyText };
    },
    DeleteBucketPolicy(input: GetBucketPolicyRequest, context) {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'DeleteBucketPolicy', context);
      bucket.policyText = undefined;
      bucket.policy = [];
      return {};
    },
    PutBucketNotificationConfiguration(input: PutBucketNotificationConfigurationRequest, context) {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'PutBucketNotification', context);
      const configuration = withIds(input.NotificationConfiguration ?? {}, () => buckets.kernel.uuid());
      checkConfiguration(configuration);
      if (!input.SkipDestinationValidation) notifier.test(bucket, configuration, context.requestId);
      bucket.notifications = configuration;
      return {};
    },
    GetBucketNotificationConfiguration(input: GetBucketNotificationConfigurationRequest, context): NotificationConfiguration {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'GetBucketNotification', context);
      return bucket.notifications;
    },
  };
}

/** Gives an id to every part that has none. */
function withIds(configuration: NotificationConfiguration, newId: () => string): NotificationConfiguration {
  const named = <Entry extends { Id?: string | undefined }>(entries: Entry[] | undefined): Entry[] | undefined =>
    entries?.map((entry) => ({ ...entry, Id: entry.Id ?? newId() }));
  const { QueueConfigurations, TopicConfigurations, LambdaFunctionConfigurations, EventBridgeConfiguration } = configuration;
  return {
    ...(QueueConfigurations ? { QueueConfigurations: named(QueueConfigurations) } : {}),
    ...(TopicConfigurations ? { TopicConfigurations: named(TopicConfigurations) } : {}),
    ...(LambdaFunctionConfigurations ? { LambdaFunctionConfigurations: named(LambdaFunctionConfigurations) } : {}),
    ...(EventBridgeConfiguration ? { EventBridgeConfiguration } : {}),
  };
}
