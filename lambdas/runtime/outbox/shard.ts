/**
 * The shard of the index of pending events that an aggregate belongs to: FNV-1a of its id. Several shards, because one index partition takes
 * 1,000 writes a second and every commit writes there twice (in and out).
 */
export function shardOf(id: string, shards: number): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  return String((hash >>> 0) % shards);
}

/** The names of all shards. */
export function shardNames(shards: number): string[] {
  return Array.from({ length: shards }, (_, shard) => String(shard));
}
