import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from 'millrace/runtime';

/** Seats taken on a flight, read with strong consistency; 0 when nobody has booked it. */
export async function seatsTaken(table: string, flightId: string): Promise<number> {
  const { Item } = await documentClient().send(new GetCommand({ TableName: table, Key: { pk: flightId }, ConsistentRead: true }));
  return Number(Item?.taken ?? 0);
}
