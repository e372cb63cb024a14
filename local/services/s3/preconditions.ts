import { AwsError } from '../../kernel/index.ts';
import { noSuchKey, preconditionFailed } from './errors.ts';
import type { StoredVersion } from './stored-object.ts';

/** Conditions on what is there, as requests carry them. */
export interface Conditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** @throws AwsError `PreconditionFailed` (412), `NotModified` (304) */
export function checkRead(conditions: Conditions, version: StoredVersion): void {
  const { IfMatch: match, IfNoneMatch: noneMatch, IfModifiedSince: since, IfUnmodifiedSince: unless } = conditions;
  if (match !== undefined && !sameTag(match, version.etag)) throw preconditionFailed('If-Match');
  // A tag that matches outweighs a date that does not.
  if (match === undefined && unless !== undefined && version.modifiedAt > unless.getTime()) throw preconditionFailed('If-Unmodified-Since');
  const unchanged =
    noneMatch !== undefined ? sameTag(noneMatch, version.etag) : since !== undefined && version.modifiedAt <= since.getTime();
  if (unchanged) throw new AwsError('NotModified', 'Not Modified', { status: 304 });
}

/** @throws AwsError `PreconditionFailed`; `NoSuchKey` when what should match is not there */
export function checkWrite(conditions: Conditions, current: StoredVersion | undefined, key: string): void {
  const { IfMatch: match, IfNoneMatch: noneMatch } = conditions;
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', {
      status: 501,
      details: { Header: 'If-None-Match', additionalMessage: "We don't accept the provided value of If-None-Match header for this API" },
    });
  }
  if (noneMatch === '*' && current) throw preconditionFailed('If-None-Match');
  if (match === undefined) return;
  if (!current) throw noSuchKey(key);
  if (!sameTag(match, current.etag)) throw preconditionFailed('If-Match');
}

function sameTag(condition: string, etag: string): boolean {
  if (condition === '*') return true;
  return condition.split(',').some((tag) => tag.trim().replaceAll('"', '') === etag.replaceAll('"', ''));
}
