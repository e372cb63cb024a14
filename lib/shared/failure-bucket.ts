import { Duration, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { bucketEncryption, checkSharedKey, type EncryptionProps, keyOf } from './encryption.ts';
import { stageDefaults } from './stage.ts';
import { tagConstruct } from './tags.ts';

export interface FailureBucketProps extends EncryptionProps {
  /** How long records are kept. @default 90 days */
  readonly expiration?: Duration;
}

/**
 * A bucket for stream records that could not be processed, with their payload. SQS and SNS destinations get metadata only, and the stream
 * itself forgets: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * Lambda writes `aws/lambda/<mapping id>/<shard>/<time>`, so one bucket serves every stream source of a stack: {@link FailureBucket.of}.
 */
export class FailureBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: FailureBucketProps = {}) {
    super(scope, id);
    tagConstruct(this, 'FailureBucket');
    this.bucket = new Bucket(this, 'Bucket', {
      ...bucketEncryption(props.encryptionKey),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: stageDefaults(this).removalPolicy,
      lifecycleRules: [
        {
          expiration: props.expiration ?? Duration.days(90),
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    acknowledge(this.bucket, {
      'AwsSolutions-S1':
        'Lambda alone writes here. Who reads is shown by CloudTrail data events; a log bucket would need the same again for itself.',
    });
  }

  /**
   * The one bucket of the stack of `scope`, made when first asked for.
   * @throws Error when it is there already, under another key than the one that is asked for
   */
  static of(scope: Construct, props: EncryptionProps = {}): FailureBucket {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(SHARED_ID);
    if (!(existing instanceof FailureBucket)) return new FailureBucket(stack, SHARED_ID, keyOf(props));
    checkSharedKey(scope, existing, existing.bucket.encryptionKey, props);
    return existing;
  }
}

const SHARED_ID = 'MillraceFailures';
