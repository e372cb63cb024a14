import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { pause } from './pause.ts';

export type Key = Readonly<Record<string, string>>;
export type Item = Readonly<Record<string, unknown>>;

const MOST_KEYS = 100;
const TRIES = 8;

/**
 * Reads these items, strongly consistent, in as few calls as DynamoDB allows. Keys that DynamoDB leaves unprocessed are asked for again.
 *
 * @param keys without duplicates
 * @throws Error when some keys stay unprocessed
 */
export async function batchGet(client: DynamoDBDocumentClient, table: string, keys: readonly Key[]): Promise<Item[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / MOST_KEYS) }, (_, i) => keys.slice(i * MOST_KEYS, (i + 1) * MOST_KEYS));
  const found = await Promise.all(chunks.map((chunk) => readChunk(client, table, chunk)));
  return found.flat();
}

async function readChunk(client: DynamoDBDocumentClient, table: string, keys: readonly Key[]): Promise<Item[]> {
  const found: Item[] = [];
  let open: Record<string, unknown>[] = [...keys];
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys: open, ConsistentRead: true } } }));
    found.push(...(answer.Responses?.[table] ?? []));
    open = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (open.length === 0) break;
    if (attempt === TRIES)
      throw new Error(`${table}: ${open.length} keys were still unprocessed after ${TRIES} reads; the table is throttled.`);
    await pause(Math.random() * Math.min(1_000, 20 * 2 ** attempt));
  }
  return found;
}
