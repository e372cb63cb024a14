import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { edgeFromEnvironment, PublishedMemory, relayRecords } from '../../runtime/outbox/relay/index.ts';

const memory = new PublishedMemory();

/** The stream relay of an outbox: publishes the pending events of each changed item. */
export async function handler(event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  return relayRecords(event.Records, edgeFromEnvironment(context), memory);
}
