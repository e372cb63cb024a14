import type { LifecycleRule, LifecycleRuleFilter } from '@aws-sdk/client-s3';
import type { Bucket, Upload } from '../bucket.ts';
import type { StoredVersion } from '../stored-object.ts';

const DAY = 24 * 3_600_000;

/** Something that rules have come to the end of. */
export type Expired =
  /** The current version: deleted, behind a marker where versioning is on. */
  | { readonly what: 'current'; readonly key: string }
  /** A noncurrent version, or a delete marker with nothing behind it: deleted for good. */
  | { readonly what: 'version'; readonly key: string; readonly versionId: string }
  | { readonly what: 'upload'; readonly id: string };

/**
 * What the rules of a bucket end by now. Ages are rounded up to the next midnight UTC.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export function expired(
  { objects, uploads }: Pick<Bucket, 'objects' | 'uploads'>,
  rules: readonly LifecycleRule[],
  now: number,
): Expired[] {
  const enabled = rules.filter(({ Status }) => Status === 'Enabled');
  const found: Expired[] = [];
  for (const key of objects.keysAfter('')) found.push(...expiredOf(objects.versionsOf(key), enabled, now));
  for (const upload of uploads.values()) {
    if (enabled.some((rule) => isAbandoned(upload, rule, now))) found.push({ what: 'upload', id: upload.id });
  }
  return found;
}

/** @param versions of one key, newest first */
function expiredOf(versions: readonly StoredVersion[], rules: readonly LifecycleRule[], now: number): Expired[] {
  const found: Expired[] = [];
  const [current, ...noncurrent] = versions;
  if (current?.deleteMarker) {
    const over = noncurrent.length === 0 && rules.some((rule) => applies(rule, current) && markerIsOver(current, rule, now));
    if (over) found.push({ what: 'version', key: current.key, versionId: current.versionId });
  } else if (current && rules.some((rule) => applies(rule, current) && isDue(current.modifiedAt, rule.Expiration, now))) {
    found.push({ what: 'current', key: current.key });
  }
  for (const [newer, version] of noncurrent.entries()) {
    // A version is noncurrent since the one after it came.
    const since = versions[newer]?.modifiedAt ?? now;
    const over = rules.some(({ NoncurrentVersionExpiration: limit, ...rule }) => {
      if (!limit || !applies(rule, version)) return false;
      return newer >= (limit.NewerNoncurrentVersions ?? 0) && isDue(since, { Days: limit.NoncurrentDays }, now);
    });
    if (over) found.push({ what: 'version', key: version.key, versionId: version.versionId });
  }
  return found;
}

function markerIsOver(marker: StoredVersion, { Expiration: expiration }: LifecycleRule, now: number): boolean {
  return expiration?.ExpiredObjectDeleteMarker === true || isDue(marker.modifiedAt, expiration, now);
}

function isDue(since: number, limit: { Days?: number | undefined; Date?: Date | undefined } | undefined, now: number): boolean {
  if (limit?.Date !== undefined) return limit.Date.getTime() <= now;
  return limit?.Days !== undefined && nextMidnight(since + limit.Days * DAY) <= now;
}

/** The midnight UTC at or after a time. */
export function nextMidnight(time: number): number {
  return Math.ceil(time / DAY) * DAY;
}

function isAbandoned({ key, startedAt }: Upload, rule: LifecycleRule, now: number): boolean {
  const Days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  return key.startsWith(criteriaOf(rule).Prefix ?? '') && isDue(startedAt, { Days }, now);
}

function applies(rule: LifecycleRule, version: StoredVersion): boolean {
  const { Prefix = '', Tags = [], ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = criteriaOf(rule);
  return (
    version.key.startsWith(Prefix) &&
    Tags.every(({ Key = '', Value }) => version.tags.get(Key) === Value) &&
    (above === undefined || version.body.length > above) &&
    (below === undefined || version.body.length < below)
  );
}

function criteriaOf({ Filter: filter, ...rule }: LifecycleRule): NonNullable<LifecycleRuleFilter['And']> {
  const { Tag: tag, And: and, ...single } = filter ?? {};
  // Rules of old have their prefix outside the filter.
  return { Prefix: (rule as { Prefix?: string }).Prefix, ...single, ...(tag ? { Tags: [tag] } : {}), ...and };
}
