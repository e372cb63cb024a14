import type {
  ContinuousBackupsDescription,
  DescribeContinuousBackupsCommandInput,
  DescribeContinuousBackupsCommandOutput,
  DescribeTimeToLiveCommandInput,
  DescribeTimeToLiveCommandOutput,
  ListTagsOfResourceCommandInput,
  ListTagsOfResourceCommandOutput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateContinuousBackupsCommandInput,
  UpdateContinuousBackupsCommandOutput,
  UpdateTimeToLiveCommandInput,
  UpdateTimeToLiveCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../../kernel/index.ts';
import type { Database, Table } from '../database.ts';
import { resourceNotFound, validation } from '../errors.ts';
import { Expiry } from '../storage/expiry.ts';
import { Constraints } from './constraints.ts';
import type { Output } from './output.ts';
import { tableOf } from './tables.ts';

export function updateTimeToLive(database: Database, input: UpdateTimeToLiveCommandInput): Output<UpdateTimeToLiveCommandOutput> {
  const given = input.TimeToLiveSpecification;
  new Constraints()
    .required(given, 'timeToLiveSpecification')
    .required(given?.AttributeName ?? (given ? undefined : ''), 'timeToLiveSpecification.attributeName')
    .required(given?.Enabled ?? (given ? undefined : ''), 'timeToLiveSpecification.enabled')
    .check();
  const attribute = given?.AttributeName ?? '';
  if (attribute === '' || attribute.length > 255) {
    new Constraints()
      .violated(
        attribute,
        'timeToLiveSpecification.attributeName',
        attribute === '' ? 'Member must have length greater than or equal to 1' : 'Member must have length less than or equal to 255',
      )
      .check();
  }
  const table = tableOf(database, input.TableName);
  if (given?.Enabled) {
    if (table.expiry) {
      throw validation(
        table.expiry.attribute === attribute
          ? 'TimeToLive is already enabled'
          : `TimeToLive is active on a different AttributeName: current AttributeName is ${table.expiry.attribute}`,
      );
    }
    const expiry = new Expiry(attribute);
    for (const { hash, partition, sort, tie, stored } of table.items.entries.ascending()) {
      expiry.replace({ hash, partition, sort, tie }, undefined, stored.item);
    }
    table.expiry = expiry;
  } else {
    if (!table.expiry) throw validation('TimeToLive is already disabled');
    if (table.expiry.attribute !== attribute) {
      throw validation(`TimeToLive is active on a different AttributeName: current AttributeName is ${table.expiry.attribute}`);
    }
    table.expiry = undefined;
  }
  database.watchExpiry(table);
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: given?.Enabled === true } };
}

export function describeTimeToLive(database: Database, input: DescribeTimeToLiveCommandInput): Output<DescribeTimeToLiveCommandOutput> {
  const { expiry } = tableOf(database, input.TableName);
  return {
    TimeToLiveDescription: expiry ? { TimeToLiveStatus: 'ENABLED', AttributeName: expiry.attribute } : { TimeToLiveStatus: 'DISABLED' },
  };
}

export function updateContinuousBackups(
  database: Database,
  input: UpdateContinuousBackupsCommandInput,
): Output<UpdateContinuousBackupsCommandOutput> {
  const given = input.PointInTimeRecoverySpecification;
  new Constraints().required(given, 'pointInTimeRecoverySpecification').check();
  const table = backedUp(database, input.TableName);
  table.settings.pointInTimeRecovery = {
    enabled: given?.PointInTimeRecoveryEnabled === true,
    days: given?.RecoveryPeriodInDays ?? 35,
  };
  return { ContinuousBackupsDescription: describeBackups(database, table) };
}

export function describeContinuousBackups(
  database: Database,
  input: DescribeContinuousBackupsCommandInput,
): Output<DescribeContinuousBackupsCommandOutput> {
  return { ContinuousBackupsDescription: describeBackups(database, backedUp(database, input.TableName)) };
}

function backedUp(database: Database, name: string | undefined): Table {
  const table = database.tables.get(name ?? '');
  if (!table) throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
  return table;
}

function describeBackups(database: Database, { settings, createdAt }: Table): ContinuousBackupsDescription {
  const { enabled, days } = settings.pointInTimeRecovery;
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: enabled
      ? {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: days,
          EarliestRestorableDateTime: new Date(createdAt),
          LatestRestorableDateTime: new Date(database.kernel.now()),
        }
      : { PointInTimeRecoveryStatus: 'DISABLED' },
  };
}

export function tagResource(database: Database, input: TagResourceCommandInput): object {
  const table = byArn(database, input.ResourceArn);
  for (const tag of input.Tags ?? []) table.settings.tags.set(tag.Key ?? '', { ...tag });
  return {};
}

export function untagResource(database: Database, input: UntagResourceCommandInput): object {
  const table = byArn(database, input.ResourceArn);
  for (const key of input.TagKeys ?? []) table.settings.tags.delete(key);
  return {};
}

export function listTagsOfResource(database: Database, input: ListTagsOfResourceCommandInput): Output<ListTagsOfResourceCommandOutput> {
  const table = byArn(database, input.ResourceArn);
  return { Tags: [...table.settings.tags.values()].map((tag) => ({ ...tag })) };
}

const TABLE_ARN = /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[a-zA-Z0-9_.-]+$/;

function byArn(database: Database, arn: string | undefined): Table {
  new Constraints().required(arn, 'resourceArn').check();
  if (!TABLE_ARN.test(arn ?? '')) throw validation(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  const table = [...database.tables.values()].find((one) => one.arn === arn);
  if (!table) throw resourceNotFound(`Requested resource not found: ResourcArn: ${arn} not found`);
  return table;
}
