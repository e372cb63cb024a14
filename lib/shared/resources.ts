import type { ITable, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { EventBus, IEventBus } from 'aws-cdk-lib/aws-events';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * Under `exactOptionalPropertyTypes` these classes of the CDK do not fit their own interfaces. Props name both, so that a strict project can
 * pass what it has.
 */
export type AnyTable = ITable | Table | TableV2;
export type AnyBucket = IBucket | Bucket;
export type AnyEventBus = IEventBus | EventBus;
export type AnyVpc = IVpc | Vpc;

export function asTable(table: AnyTable): ITable {
  return table as ITable;
}

export function asBucket(bucket: AnyBucket): IBucket {
  return bucket as IBucket;
}

export function asEventBus(bus: AnyEventBus): IEventBus {
  return bus as IEventBus;
}

export function asVpc(vpc: AnyVpc): IVpc {
  return vpc as IVpc;
}
