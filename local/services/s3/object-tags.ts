import type { Tag } from '@aws-sdk/client-s3';
import { AwsError } from '../../kernel/index.ts';
import { invalidArgument } from './errors.ts';

/** Reads the tags of a header: `a=1&b=2`. */
export function parseTagging(header: string | undefined): ReadonlyMap<string, string> {
  if (!header) return new Map();
  const pairs = header.split('&').map((pair) => pair.split('=').map((text) => decodeURIComponent(text.replaceAll('+', ' '))));
  if (pairs.some(([key]) => !key)) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    );
  }
  return checkTags(pairs.map(([Key = '', Value = '']) => ({ Key, Value })));
}

/** @throws AwsError `InvalidTag` for too many, too long or repeated tags */
export function checkTags(tags: readonly Tag[]): ReadonlyMap<string, string> {
  const byKey = new Map<string, string>();
  for (const { Key = '', Value = '' } of tags) {
    if (byKey.has(Key)) throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key', { details: { TagKey: Key } });
    if (Key.length > 128 || Key === '')
      throw new AwsError('InvalidTag', 'The TagKey you have provided is invalid', { details: { TagKey: Key } });
    if (Value.length > 256) throw new AwsError('InvalidTag', 'The TagValue you have provided is invalid', { details: { TagKey: Key } });
    byKey.set(Key, Value);
  }
  if (byKey.size > 10) throw new AwsError('BadRequest', 'Object tags cannot be greater than 10');
  return byKey;
}

export function tagSet(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
