import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Log } from '../context/index.ts';
import type { Registration } from './when.ts';

/** What handling one batch needs. */
export interface ConsumerParts {
  /** Name of the consumer: the first part of its keys in inbox and parking table. */
  readonly name: string;
  /** Owner of its entries in the parking table. */
  readonly owner: string;
  readonly registrations: readonly Registration[];
  readonly client: DynamoDBDocumentClient;
  readonly inboxTable: string;
  readonly parkingTable: string;
  readonly maxReceives: number;
  /** Where events go whose handler keeps failing; only `byId` can leave them to the dead-letter queue. */
  readonly failing: 'dead-letter' | 'park';
  readonly log: Log;
  readonly requestId: string;
  remainingMs(): number;
}
