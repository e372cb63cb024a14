import type { BatchWriteItemCommandInput, BatchWriteItemCommandOutput, PutRequest, WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Database } from '../database.ts';
import { validation } from '../errors.ts';
import { OLDER } from '../wording.ts';
import { metricsByTable, requireDistinct, sumByTable } from './by-table.ts';
import { CAPACITY, Constraints, METRICS, tableName } from './constraints.ts';
import { consumedCapacities } from './consumed-capacity.ts';
import { requireKeyOf } from './keys.ts';
import type { Output } from './output.ts';
import { bindDelete, bindPut, type Write } from './writes.ts';

const MAX_WRITES = 25;

export function batchWriteItem(database: Database, input: BatchWriteItemCommandInput): Output<BatchWriteItemCommandOutput> {
  const requests = Object.entries(input.RequestItems ?? {});
  if (requests.length === 0) throw validation('The requestItems parameter is required for BatchWriteItem');
  new Constraints()
    .oneOf(input.ReturnConsumedCapacity, 'returnConsumedCapacity', CAPACITY)
    .oneOf(input.ReturnItemCollectionMetrics, 'returnItemCollectionMetrics', METRICS)
    .check();
  requireBatchSize(requests);
  const bound = requests.map(([name, list]) => ({ name: tableName(name), writes: list.map(bindRequest) }));
  const located = bound.flatMap(({ name, writes }) => {
    const table = database.table(name);
    return writes.map((write) => ({ table, write, place: write.locate(table) }));
  });
  requireDistinct(located);
  const changes = located.map(({ table, write, place }) => write.attempt(table, place));
  const units = sumByTable(changes, database.commit(changes));
  const metrics = input.ReturnItemCollectionMetrics === 'SIZE' ? metricsByTable(changes) : {};
  return {
    UnprocessedItems: {},
    ...(Object.keys(metrics).length > 0 ? { ItemCollectionMetrics: metrics } : {}),
    ...consumedCapacities(units, input),
  };
}

function requireBatchSize(requests: readonly (readonly [string, readonly WriteRequest[]])[]): void {
  const count = requests.reduce((sum, [, list]) => sum + list.length, 0);
  if (requests.every(([, list]) => list.length > 0) && count <= MAX_WRITES) return;
  const shown = requests.map(([name, list]) => `${name}=[${list.map((request) => JSON.stringify(request)).join(', ')}]`).join(', ');
  new Constraints()
    .violated(
      `{${shown}}`,
      'requestItems',
      `Map value must satisfy constraint: [Member must have length less than or equal to ${MAX_WRITES}, Member must have length greater than or equal to 1]`,
    )
    .check();
}

function bindRequest(request: WriteRequest): Write {
  const { PutRequest, DeleteRequest } = request;
  if (PutRequest && !DeleteRequest) return bindPutRequest(PutRequest);
  if (DeleteRequest && !PutRequest) return bindDelete({ Key: DeleteRequest.Key }, OLDER);
  // DynamoDB says the same of a request with neither.
  throw validation('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes');
}

function bindPutRequest({ Item }: PutRequest): Write {
  const write = bindPut({ Item }, OLDER);
  return {
    ...write,
    locate(table) {
      requireKeyOf(table.schema.keys, Item ?? {});
      return write.locate(table);
    },
  };
}
