import type { IRole } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DlqDestinationConfig, IEventSourceDlq, IEventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeWildcard } from './acknowledge.ts';
import { grantKey } from './encryption.ts';

/** Where Lambda puts what it gives up: `aws/lambda/<mapping id>/<shard>/<time>`. */
const PREFIX = 'aws/lambda/*';

/**
 * A bucket as the failure destination of a stream source. The CDK's own (`S3OnFailureDestination`) lets the function read, overwrite and delete
 * everything in the bucket; Lambda needs to write and to see that the bucket is there
 * (https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html).
 */
export class FailureDestination implements IEventSourceDlq {
  readonly bucket: IBucket;

  constructor(bucket: IBucket) {
    this.bucket = bucket;
  }

  bind(_mapping: IEventSourceMapping, fn: IFunction): DlqDestinationConfig {
    const objects = this.bucket.arnForObjects(PREFIX);
    const { grantPrincipal } = fn;
    grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [objects] }));
    grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
    grantKey(this.bucket.encryptionKey, fn);
    const role: IRole | undefined = fn.role;
    if (role) acknowledgeWildcard(role, objects, 'Lambda names the objects after the event source mapping, which does not exist before.');
    return { destination: this.bucket.bucketArn };
  }
}
