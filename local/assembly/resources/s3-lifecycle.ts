import type { LifecycleRule } from '@aws-sdk/client-s3';
import { toNumber } from '../properties.ts';

type Count = number | string;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html */
interface RuleProperty {
  readonly Id?: string;
  readonly Status: 'Enabled' | 'Disabled';
  readonly Prefix?: string;
  readonly TagFilters?: { readonly Key: string; readonly Value: string }[];
  readonly ObjectSizeGreaterThan?: Count;
  readonly ObjectSizeLessThan?: Count;
  readonly ExpirationInDays?: Count;
  readonly ExpirationDate?: string;
  readonly ExpiredObjectDeleteMarker?: boolean | string;
  readonly NoncurrentVersionExpirationInDays?: Count;
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays: Count; readonly NewerNoncurrentVersions?: Count };
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: Count };
}

export interface LifecycleProperty {
  readonly Rules?: readonly RuleProperty[];
}

/** The rules as the API takes them. Transitions are left out: storage classes make no difference here. */
export function lifecycleRules({ Rules: rules = [] }: LifecycleProperty): LifecycleRule[] {
  return rules.map((rule) => ({
    ...(rule.Id === undefined ? {} : { ID: rule.Id }),
    Status: rule.Status,
    Filter: {
      And: {
        ...(rule.Prefix === undefined ? {} : { Prefix: rule.Prefix }),
        ...(rule.TagFilters === undefined ? {} : { Tags: rule.TagFilters }),
        ...numbers({ ObjectSizeGreaterThan: rule.ObjectSizeGreaterThan, ObjectSizeLessThan: rule.ObjectSizeLessThan }),
      },
    },
    ...expirationOf(rule),
    ...noncurrentOf(rule),
    ...(rule.AbortIncompleteMultipartUpload === undefined
      ? {}
      : { AbortIncompleteMultipartUpload: numbers({ ...rule.AbortIncompleteMultipartUpload }) }),
  }));
}

function expirationOf(rule: RuleProperty): Pick<LifecycleRule, 'Expiration'> {
  const { ExpirationInDays: days, ExpirationDate: date, ExpiredObjectDeleteMarker: marker } = rule;
  if (days !== undefined) return { Expiration: { Days: Number(days) } };
  if (date !== undefined) return { Expiration: { Date: new Date(date) } };
  return marker === undefined ? {} : { Expiration: { ExpiredObjectDeleteMarker: String(marker) === 'true' } };
}

function noncurrentOf(rule: RuleProperty): Pick<LifecycleRule, 'NoncurrentVersionExpiration'> {
  const { NoncurrentVersionExpirationInDays: days, NoncurrentVersionExpiration: limit } = rule;
  const given = limit ?? (days === undefined ? undefined : { NoncurrentDays: days });
  return given === undefined ? {} : { NoncurrentVersionExpiration: numbers({ ...given }) };
}

function numbers(given: Readonly<Record<string, Count | undefined>>): Record<string, number> {
  const read = Object.entries(given).map(([name, value]) => [name, toNumber(value)] as const);
  return Object.fromEntries(read.filter((entry): entry is [string, number] => entry[1] !== undefined));
}
