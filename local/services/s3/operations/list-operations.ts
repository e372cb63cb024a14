import type {
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
} from '@aws-sdk/client-s3';
import { authorize } from '../access.ts';
import type { Bucket } from '../bucket.ts';
import type { Buckets } from '../buckets.ts';
import { invalidArgument } from '../errors.ts';
import { compareKeys } from '../object-store.ts';
import type { StoredVersion } from '../stored-object.ts';
import type { Operations } from './operation.ts';

/** Lists of what is in a bucket. */
export function listOperations(buckets: Buckets): Operations {
  return {
    ListObjectsV2(input: ListObjectsV2Request, context): ListObjectsV2Output {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'ListBucket', context);
      const after = input.ContinuationToken === undefined ? (input.StartAfter ?? '') : fromToken(input.ContinuationToken);
      const { contents, prefixes, next } = listCurrent(bucket, input, after);
      return {
        ...frame(bucket, input, contents, prefixes),
        KeyCount: contents.length + prefixes.length,
        IsTruncated: next !== undefined,
        ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
        ...(input.StartAfter === undefined ? {} : { StartAfter: input.StartAfter }),
        ...(next === undefined ? {} : { NextContinuationToken: Buffer.from(next).toString('base64') }),
      };
    },
    ListObjects(input: ListObjectsRequest, context): ListObjectsOutput {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'ListBucket', context);
      const { contents, prefixes, next } = listCurrent(bucket, input, input.Marker ?? '');
      return {
        ...frame(bucket, input, contents, prefixes),
        Marker: input.Marker ?? '',
        IsTruncated: next !== undefined,
        ...(next !== undefined && input.Delimiter !== undefined ? { NextMarker: next } : {}),
      };
    },
    ListObjectVersions(input: ListObjectVersionsRequest, context): ListObjectVersionsOutput {
      const bucket = buckets.find(input.Bucket);
      authorize(bucket, 'ListBucketVersions', context);
      const max = maxKeys(input.MaxKeys);
      const found: StoredVersion[] = [];
      let started = input.VersionIdMarker === undefined;
      for (const key of keysFrom(bucket, input.Prefix ?? '', input.KeyMarker ?? '', !started)) {
        for (const version of bucket.objects.versionsOf(key)) {
          if (started && found.length <= max) found.push(version);
          if (key === input.KeyMarker && version.versionId === input.VersionIdMarker) started = true;
        }
        started = true;
        if (found.length > max) break;
      }
      const page = found.slice(0, max);
      const last = page.at(-1);
      const entries = page.map((version) => ({ version, entry: versionEntry(bucket, version) }));
      return {
        Name: bucket.name,
        Prefix: input.Prefix ?? '',
        KeyMarker: input.KeyMarker ?? '',
        VersionIdMarker: input.VersionIdMarker ?? '',
        MaxKeys: max,
        IsTruncated: found.length > max,
        Versions: entries
          .filter(({ version }) => !version.deleteMarker)
          .map(({ version, entry }) => ({ ...entry, ETag: version.etag, Size: version.body.length, StorageClass: 'STANDARD' as const })),
        DeleteMarkers: entries.filter(({ version }) => version.deleteMarker).map(({ entry }) => entry),
        ...(found.length > max && last ? { NextKeyMarker: last.key, NextVersionIdMarker: last.versionId } : {}),
      };
    },
  };
}

interface Page {
  readonly contents: StoredVersion[];
  readonly prefixes: string[];
  /** Where the next page begins to look, exclusive. */
  readonly next: string | undefined;
}

function listCurrent(bucket: Bucket, input: ListObjectsRequest | ListObjectsV2Request, after: string): Page {
  const max = maxKeys(input.MaxKeys);
  const prefix = input.Prefix ?? '';
  const delimiter = input.Delimiter ?? '';
  const contents: StoredVersion[] = [];
  const prefixes: string[] = [];
  let last = after;
  for (const key of keysFrom(bucket, prefix, after, false)) {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const group = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if (group !== undefined && (group === prefixes.at(-1) || group === after)) continue;
    const version = bucket.objects.current(key);
    if (!version) continue;
    if (contents.length + prefixes.length >= max) return { contents, prefixes, next: max === 0 ? undefined : last };
    if (group === undefined) contents.push(version);
    else prefixes.push(group);
    last = group ?? key;
  }
  return { contents, prefixes, next: undefined };
}

function* keysFrom(bucket: Bucket, prefix: string, after: string, inclusive: boolean): Generator<string> {
  if (inclusive && after.startsWith(prefix) && bucket.objects.newest(after)) yield after;
  const start = compareKeys(after, prefix) < 0 ? prefix : after;
  if (start === prefix && start !== after && bucket.objects.newest(prefix)) yield prefix;
  for (const key of bucket.objects.keysAfter(start)) {
    if (!key.startsWith(prefix)) return;
    yield key;
  }
}

function frame(bucket: Bucket, input: ListObjectsRequest | ListObjectsV2Request, contents: StoredVersion[], prefixes: string[]) {
  const encode = input.EncodingType === 'url' ? (text: string) => encodeURIComponent(text).replaceAll('%2F', '/') : (text: string) => text;
  return {
    Name: bucket.name,
    Prefix: encode(input.Prefix ?? ''),
    MaxKeys: maxKeys(input.MaxKeys),
    ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input.Delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    ...(prefixes.length > 0 ? { CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })) } : {}),
    ...(contents.length > 0
      ? {
          Contents: contents.map((version) => ({
            Key: encode(version.key),
            LastModified: new Date(version.modifiedAt),
            ETag: version.etag,
            Size: version.body.length,
            StorageClass: (version.metadata.StorageClass ?? 'STANDARD') as 'STANDARD',
          })),
        }
      : {}),
  };
}

function versionEntry(bucket: Bucket, version: StoredVersion) {
  return {
    Key: version.key,
    VersionId: version.versionId,
    IsLatest: bucket.objects.newest(version.key) === version,
    LastModified: new Date(version.modifiedAt),
  };
}

function maxKeys(given: number | undefined): number {
  if (given !== undefined && given < 0)
    throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647', 'maxKeys', String(given));
  return Math.min(given ?? 1000, 1000);
}

function fromToken(token: string): string {
  if (token === '') throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  return Buffer.from(token, 'base64').toString('utf8');
}
