import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { REGION } from '../../kernel/index.ts';
import { refuseUnknown } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';
import { type LifecycleProperty, lifecycleRules } from './s3-lifecycle.ts';
import type { Tag } from './tags.ts';

/** A filter as CloudFormation writes it. */
interface FilterProperty {
  readonly S3Key?: { readonly Rules?: readonly { readonly Name: string; readonly Value: string }[] };
}

interface NotificationProperty {
  readonly QueueConfigurations?: readonly { readonly Event: string; readonly Queue: string; readonly Filter?: FilterProperty }[];
  readonly TopicConfigurations?: readonly { readonly Event: string; readonly Topic: string; readonly Filter?: FilterProperty }[];
  readonly LambdaConfigurations?: readonly { readonly Event: string; readonly Function: string; readonly Filter?: FilterProperty }[];
  readonly EventBridgeConfiguration?: { readonly EventBridgeEnabled?: boolean | string };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
interface BucketProperties {
  readonly BucketName?: string;
  readonly VersioningConfiguration?: { readonly Status: string };
  readonly NotificationConfiguration?: NotificationProperty;
  readonly BucketEncryption?: { readonly ServerSideEncryptionConfiguration?: readonly unknown[] };
  readonly LifecycleConfiguration?: LifecycleProperty;
  readonly CorsConfiguration?: { readonly CorsRules?: readonly object[] };
  readonly PublicAccessBlockConfiguration?: object;
  readonly OwnershipControls?: object;
  readonly ObjectLockConfiguration?: object;
  readonly Tags?: readonly Tag[];
}

/** What changes nothing in the local cloud. Replication would: it is not among them. */
const KEPT = [
  'AccelerateConfiguration',
  'AccessControl',
  'AnalyticsConfigurations',
  'IntelligentTieringConfigurations',
  'InventoryConfigurations',
  'LoggingConfiguration',
  'MetricsConfigurations',
  'ObjectLockEnabled',
  'WebsiteConfiguration',
];

const BUCKET = [
  'BucketName',
  'VersioningConfiguration',
  'NotificationConfiguration',
  'BucketEncryption',
  'LifecycleConfiguration',
  'CorsConfiguration',
  'PublicAccessBlockConfiguration',
  'OwnershipControls',
  'ObjectLockConfiguration',
  'Tags',
];

const bucket = resourceType<BucketProperties>((properties, request, cloud) => {
  refuseUnknown(properties, [...BUCKET, ...KEPT], request, cloud);
  const Bucket = properties.BucketName ?? request.physicalName(63).toLowerCase();
  cloud.invoke('s3', 'CreateBucket', { Bucket });
  const put = (setting: string, input: object | undefined): void => {
    if (input) cloud.invoke('s3', `Put${setting}`, { Bucket, ...input });
  };
  const { VersioningConfiguration, BucketEncryption: encryption, PublicAccessBlockConfiguration, OwnershipControls } = properties;
  put('BucketVersioning', VersioningConfiguration && { VersioningConfiguration });
  put('BucketEncryption', encryption && { ServerSideEncryptionConfiguration: { Rules: encryption.ServerSideEncryptionConfiguration } });
  const lifecycle = properties.LifecycleConfiguration;
  put('BucketLifecycleConfiguration', lifecycle && { LifecycleConfiguration: { Rules: lifecycleRules(lifecycle) } });
  put('BucketCors', properties.CorsConfiguration && { CORSConfiguration: { CORSRules: properties.CorsConfiguration.CorsRules } });
  put('PublicAccessBlock', PublicAccessBlockConfiguration && { PublicAccessBlockConfiguration });
  put('BucketOwnershipControls', OwnershipControls && { OwnershipControls });
  put('ObjectLockConfiguration', properties.ObjectLockConfiguration && { ObjectLockConfiguration: properties.ObjectLockConfiguration });
  put('BucketTagging', properties.Tags && { Tagging: { TagSet: properties.Tags } });
  const notifications = properties.NotificationConfiguration;
  put('BucketNotificationConfiguration', notifications && { NotificationConfiguration: notificationConfiguration(notifications) });
  return {
    ref: Bucket,
    attributes: {
      Arn: `arn:aws:s3:::${Bucket}`,
      DomainName: `${Bucket}.s3.amazonaws.com`,
      DualStackDomainName: `${Bucket}.s3.dualstack.${REGION}.amazonaws.com`,
      RegionalDomainName: `${Bucket}.s3.${REGION}.amazonaws.com`,
      WebsiteURL: `http://${Bucket}.s3-website-${REGION}.amazonaws.com`,
    },
  };
});

function notificationConfiguration(property: NotificationProperty): NotificationConfiguration {
  const common = ({ Event, Filter: filter }: { readonly Event: string; readonly Filter?: FilterProperty }) => ({
    Events: [Event as 's3:ObjectCreated:*'],
    ...(filter?.S3Key?.Rules
      ? { Filter: { Key: { FilterRules: filter.S3Key.Rules.map(({ Name, Value }) => ({ Name: Name as 'prefix', Value })) } } }
      : {}),
  });
  const toEventBridge =
    property.EventBridgeConfiguration && String(property.EventBridgeConfiguration.EventBridgeEnabled ?? true) === 'true';
  return {
    QueueConfigurations: (property.QueueConfigurations ?? []).map((entry) => ({ QueueArn: entry.Queue, ...common(entry) })),
    TopicConfigurations: (property.TopicConfigurations ?? []).map((entry) => ({ TopicArn: entry.Topic, ...common(entry) })),
    LambdaFunctionConfigurations: (property.LambdaConfigurations ?? []).map((entry) => ({
      LambdaFunctionArn: entry.Function,
      ...common(entry),
    })),
    ...(toEventBridge ? { EventBridgeConfiguration: {} } : {}),
  };
}

const bucketPolicy = resourceType<{ readonly Bucket: string; readonly PolicyDocument: object }>((properties, request, cloud) => {
  refuseUnknown(properties, ['Bucket', 'PolicyDocument'], request, cloud);
  cloud.invoke('s3', 'PutBucketPolicy', { Bucket: properties.Bucket, Policy: JSON.stringify(properties.PolicyDocument) });
  return { ref: properties.Bucket };
});

interface CustomNotificationsProperties {
  readonly BucketName: string;
  /** As the API takes it. */
  readonly NotificationConfiguration: NotificationConfiguration;
  readonly SkipDestinationValidation?: boolean | string;
}

/** The custom resource by which the CDK configures notifications: here the configuration is set without its provider function. */
const customNotifications = resourceType<CustomNotificationsProperties>((properties, request, cloud) => {
  refuseUnknown(
    properties,
    ['ServiceToken', 'BucketName', 'NotificationConfiguration', 'Managed', 'SkipDestinationValidation'],
    request,
    cloud,
  );
  const { BucketName: Bucket, NotificationConfiguration } = properties;
  const SkipDestinationValidation = String(properties.SkipDestinationValidation ?? false) === 'true';
  cloud.invoke('s3', 'PutBucketNotificationConfiguration', { Bucket, NotificationConfiguration, SkipDestinationValidation });
  return { ref: request.physicalName(128) };
});

/** The custom resource that empties a bucket before it is deleted: nothing is deleted here. */
const customAutoDelete = resourceType<{ readonly BucketName: string }>((properties, request, cloud) => {
  refuseUnknown(properties, ['ServiceToken', 'BucketName'], request, cloud);
  return { ref: request.physicalName(128) };
});

export const s3Resources: ResourceTypes = {
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'Custom::S3BucketNotifications': customNotifications,
  'Custom::S3AutoDeleteObjects': customAutoDelete,
};
