import { type DynamoDBDocumentClient, GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { type TransactItem, transact } from '../inbox/transact.ts';
import { type Parked, type ParkingReason, parkedIdOf } from './parked.ts';
import { fromItems, partsKey, partsOf, shortDetail, toItems } from './parked-items.ts';

/** The writes that park something. Parking it again replaces the entry. @throws PayloadTooLargeError */
export function parkWrites(table: string, parked: Parked): TransactItem[] {
  return toItems(parked).map((Item) => ({ Put: { TableName: table, Item } }));
}

/** The writes that take something out of the parking table. */
export async function unparkWrites(client: DynamoDBDocumentClient, table: string, owner: string, id: string): Promise<TransactItem[]> {
  return [{ Delete: { TableName: table, Key: { pk: owner, sk: id } } }, ...(await dropParts(client, table, owner, id))];
}

/** The same, if nothing was parked in its place since it was seen. */
export async function unparkSeenWrites(client: DynamoDBDocumentClient, table: string, seen: Parked): Promise<TransactItem[]> {
  const { owner, id } = seen;
  return [{ Delete: { TableName: table, Key: { pk: owner, sk: id }, ...asSeen(seen) } }, ...(await dropParts(client, table, owner, id))];
}

/** Looks for all parts there are: some may be left of a larger payload that was parked in this place before. */
async function dropParts(client: DynamoDBDocumentClient, TableName: string, owner: string, id: string): Promise<TransactItem[]> {
  const parts = await queryAll(client, { ...partsQuery(TableName, owner, id), ProjectionExpression: 'pk, sk' });
  return parts.map(({ pk, sk }) => ({ Delete: { TableName, Key: { pk, sk } } }));
}

function partsQuery(TableName: string, owner: string, id: string): QueryCommandInput {
  return {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :parts',
    ExpressionAttributeValues: { ':parts': partsKey(owner, id) },
  };
}

/** Reads on until there are as many items as asked for, or no more: a page of large items is short. */
async function queryAll(
  client: DynamoDBDocumentClient,
  query: QueryCommandInput,
  limit = Number.POSITIVE_INFINITY,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        ...query,
        ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
        ...(limit === Number.POSITIVE_INFINITY ? {} : { Limit: limit - items.length }),
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && items.length < limit);
  return items;
}

/** A parked message, with what its entry can't hold. */
async function whole(client: DynamoDBDocumentClient, table: string, entry: Record<string, unknown>): Promise<Parked> {
  const parts = partsOf(entry);
  if (parts === 1) return fromItems(entry);
  return fromItems(entry, await queryAll(client, partsQuery(table, String(entry.pk), String(entry.sk)), parts - 1));
}

/** The write that gives a parked message another reason, if nothing was parked in its place since it was seen. */
export function reasonWrite(table: string, seen: Parked, reason: ParkingReason, detail: string): TransactItem {
  const condition = asSeen(seen);
  return {
    Update: {
      TableName: table,
      Key: { pk: seen.owner, sk: seen.id },
      ...condition,
      UpdateExpression: 'SET #reason = :reason, #detail = :detail',
      ExpressionAttributeNames: { ...condition.ExpressionAttributeNames, '#reason': 'reason', '#detail': 'detail' },
      ExpressionAttributeValues: { ...condition.ExpressionAttributeValues, ':reason': reason, ':detail': shortDetail(detail) },
    },
  };
}

/** What comes back is another message, parked at the same place: it is told by where it came from, and when. A saga has no origin. */
function asSeen({ parkedAt, origin }: Parked) {
  const hasOrigin = origin !== undefined;
  return {
    ConditionExpression: `#parkedAt = :parkedAt${hasOrigin ? ' AND #origin = :origin' : ''}`,
    ExpressionAttributeNames: { '#parkedAt': 'parkedAt', ...(hasOrigin ? { '#origin': 'origin' } : {}) },
    ExpressionAttributeValues: { ':parkedAt': parkedAt, ...(hasOrigin ? { ':origin': origin } : {}) },
  };
}

/** One parked message, or undefined. */
export async function findParked(client: DynamoDBDocumentClient, table: string, owner: string, id: string): Promise<Parked | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: { pk: owner, sk: id }, ConsistentRead: true }));
  return Item ? whole(client, table, Item) : undefined;
}

/** What is parked of one subject, in order. */
export async function parkedOfLine(
  client: DynamoDBDocumentClient,
  table: string,
  owner: string,
  line: string,
  range: { readonly from: number; readonly to?: number; readonly limit: number },
): Promise<Parked[]> {
  const query: QueryCommandInput = {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :owner AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':owner': owner,
      ':from': parkedIdOf(line, range.from),
      ':to': parkedIdOf(line, range.to ?? Number.MAX_SAFE_INTEGER),
    },
  };
  const entries = await queryAll(client, query, range.limit);
  return Promise.all(entries.map((entry) => whole(client, table, entry)));
}

/** A page of what an owner has parked, in order of subject and sequence. */
export async function listParked(
  client: DynamoDBDocumentClient,
  table: string,
  owner: string,
  options: { readonly limit?: number; readonly after?: string } = {},
): Promise<{ readonly parked: Parked[]; readonly next?: string }> {
  const { Items, LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :owner',
      ExpressionAttributeValues: { ':owner': owner },
      Limit: options.limit ?? 100,
      ...(options.after === undefined ? {} : { ExclusiveStartKey: { pk: owner, sk: options.after } }),
    }),
  );
  const parked = await Promise.all((Items ?? []).map((entry) => whole(client, table, entry)));
  return LastEvaluatedKey ? { parked, next: String(LastEvaluatedKey.sk) } : { parked };
}

/**
 * Takes a message out of the parking table, unless another one was parked in its place since it was seen.
 * @returns whether it did
 */
export async function removeParked(client: DynamoDBDocumentClient, table: string, seen: Parked): Promise<boolean> {
  return (await transact(client, await unparkSeenWrites(client, table, seen))).ok;
}
