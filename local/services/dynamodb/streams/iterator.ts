import { AwsError } from '../../../kernel/index.ts';

/** A position in a shard: after the record with that sequence number. */
export interface Position {
  readonly streamArn: string;
  readonly shardId: string;
  readonly after: string;
  /** When the iterator was handed out; it can be used for 15 minutes. */
  readonly issuedAt: number;
}

const LIFETIME_MS = 15 * 60_000;

/** Iterators carry their position, so that nothing has to be kept for those that nobody uses. */
export function encodeIterator({ streamArn, shardId, after, issuedAt }: Position): string {
  return `${streamArn}|1|${Buffer.from(JSON.stringify([shardId, after, issuedAt])).toString('base64url')}`;
}

/** @throws AwsError for what is no iterator, or is too old */
export function decodeIterator(text: string | undefined, now: number): Position {
  const [streamArn = '', version, encoded = ''] = (text ?? '').split('|');
  const [shardId, after, issuedAt] = version === '1' ? parsed(encoded) : [];
  if (typeof shardId !== 'string' || typeof after !== 'string' || typeof issuedAt !== 'number') {
    throw new AwsError('ValidationException', 'Invalid ShardIterator');
  }
  if (now > issuedAt + LIFETIME_MS)
    throw new AwsError('ExpiredIteratorException', 'Iterator expired. The iterator was created more than 15 minutes ago.');
  return { streamArn, shardId, after, issuedAt };
}

function parsed(encoded: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return Array.isArray(content) ? content : [];
  } catch {
    return [];
  }
}
