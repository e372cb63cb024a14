import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

/** Counts one more. */
export async function handler(): Promise<{ statusCode: number; body: string }> {
  const { Attributes } = await client.send(
    new UpdateItemCommand({
      TableName: process.env.TABLE,
      Key: { pk: { S: 'count' } },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return { statusCode: 200, body: JSON.stringify({ n: Number(Attributes?.n?.N), at: new Date().toISOString(), random: Math.random() }) };
}
