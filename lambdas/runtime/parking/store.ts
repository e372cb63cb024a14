import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type TransactItem, transact } from '../inbox/transact.ts';
import { fromItem, type Parked, type ParkingReason, parkedIdOf, toItem } from './parked.ts';

/** The write that parks something. Parking it again replaces the entry. @throws PayloadTooLargeError */
export function parkWrite(table: string, parked: Parked): TransactItem {
  return { Put: { TableName: table, Item: toItem(parked) } };
}

/** The write that takes something out of the parking table. */
export function unparkWrite(table: string, owner: string, id: string): TransactItem {
  return { Delete: { TableName: table, Key: { pk: owner, sk: id } } };
}

/** The same, if nothing was parked in its place since it was seen. */
export function unparkSeenWrite(table: string, seen: Parked): TransactItem {
  return { Delete: { TableName: table, Key: { pk: seen.owner, sk: seen.id }, ...asSeen(seen) } };
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
      ExpressionAttributeValues: { ...condition.ExpressionAttributeValues, ':reason': reason, ':detail': detail },
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
  return Item ? fromItem(Item) : undefined;
}

/** What is parked of one subject, in order. */
export async function parkedOfLine(
  client: DynamoDBDocumentClient,
  table: string,
  owner: string,
  line: string,
  range: { readonly from: number; readonly to?: number; readonly limit: number },
): Promise<Parked[]> {
  const { Items } = await client.send(
    new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :owner AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':owner': owner,
        ':from': parkedIdOf(line, range.from),
        ':to': parkedIdOf(line, range.to ?? Number.MAX_SAFE_INTEGER),
      },
      Limit: range.limit,
    }),
  );
  return (Items ?? []).map(fromItem);
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
  const parked = (Items ?? []).map(fromItem);
  return LastEvaluatedKey ? { parked, next: String(LastEvaluatedKey.sk) } : { parked };
}

/**
 * Takes a message out of the parking table, unless another one was parked in its place since it was seen.
 * @returns whether it did
 */
export async function removeParked(client: DynamoDBDocumentClient, table: string, seen: Parked): Promise<boolean> {
  return (await transact(client, [unparkSeenWrite(table, seen)])).ok;
}
