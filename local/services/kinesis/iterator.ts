import { AwsError } from '../../kernel/index.ts';
import { invalidArgument } from './errors.ts';

/** A place in a shard that a reader is at. */
export interface ShardIterator {
  readonly stream: string;
  readonly shardId: string;
  /** Position of the next record to read. */
  readonly position: number;
  readonly issuedAt: number;
}

/** How long an iterator may be used. */
const LIFETIME_MS = 300_000;

export function writeIterator({ stream, shardId, position, issuedAt }: ShardIterator): string {
  return Buffer.from(`${stream} ${shardId} ${position} ${issuedAt}`).toString('base64');
}

/** @throws AwsError InvalidArgumentException, or ExpiredIteratorException five minutes after it was made */
export function readIterator(text: string | undefined, now: number): ShardIterator {
  const [stream, shardId, position, issued] = Buffer.from(text ?? '', 'base64')
    .toString()
    .split(' ');
  const issuedAt = Number(issued);
  if (!stream || !shardId || !/^\d+$/.test(position ?? '') || !Number.isFinite(issuedAt)) throw invalidArgument('Invalid ShardIterator.');
  if (now - issuedAt > LIFETIME_MS) {
    throw new AwsError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${new Date(issuedAt).toUTCString()} while right now it is ${new Date(now).toUTCString()} ` +
        'which is further in the future than the tolerated delay of 300000 milliseconds.',
    );
  }
  return { stream, shardId, position: Number(position), issuedAt };
}
