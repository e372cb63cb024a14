import { createHash, randomUUID } from 'node:crypto';

/** A commit's name as items keep it: 16 characters, whatever the caller's is. */
export function commitMark(commitId: string = randomUUID()): string {
  return createHash('sha256').update(commitId).digest('base64url').slice(0, 16);
}
