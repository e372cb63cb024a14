import { AwsError, type CallContext, type Service } from '../../kernel/index.ts';
import type { ConditionKeys } from '../../kernel/policy/index.ts';
import { type Consumed, Database, type DynamoKernel, type DynamoOptions } from './database.ts';
import { batchGetItem } from './operations/batch-get.ts';
import { batchWriteItem } from './operations/batch-write.ts';
import { deleteItem, getItem, putItem, updateItem } from './operations/items.ts';
import { leadingKeys } from './operations/leading-keys.ts';
import { query } from './operations/query.ts';
import { scan } from './operations/scan.ts';
import {
  describeContinuousBackups,
  describeTimeToLive,
  listTagsOfResource,
  tagResource,
  untagResource,
  updateContinuousBackups,
  updateTimeToLive,
} from './operations/table-features.ts';
import { createTable, deleteTable, describe, listTables } from './operations/tables.ts';
import { transactGetItems } from './operations/transact-get.ts';
import { transactWriteItems } from './operations/transact-write.ts';
import { updateTable } from './operations/update-table.ts';
import { DynamoDbStreams } from './streams/service.ts';

type Operation = (database: Database, input: object) => object;

/** Operations take the SDK's inputs; what is missing or wrong in them, they check themselves. */
function operation<Input extends object>(run: (database: Database, input: Input) => object): Operation {
  return (database, input) => run(database, input as Input);
}

const operations: Readonly<Record<string, Operation>> = {
  BatchGetItem: operation(batchGetItem),
  BatchWriteItem: operation(batchWriteItem),
  CreateTable: operation(createTable),
  DeleteItem: operation(deleteItem),
  DeleteTable: operation(deleteTable),
  DescribeContinuousBackups: operation(describeContinuousBackups),
  DescribeTable: operation(describe),
  DescribeTimeToLive: operation(describeTimeToLive),
  GetItem: operation(getItem),
  ListTables: operation(listTables),
  ListTagsOfResource: operation(listTagsOfResource),
  PutItem: operation(putItem),
  Query: operation(query),
  Scan: operation(scan),
  TagResource: operation(tagResource),
  TransactGetItems: operation(transactGetItems),
  TransactWriteItems: operation(transactWriteItems),
  UntagResource: operation(untagResource),
  UpdateContinuousBackups: operation(updateContinuousBackups),
  UpdateItem: operation(updateItem),
  UpdateTable: operation(updateTable),
  UpdateTimeToLive: operation(updateTimeToLive),
};

/**
 * DynamoDB: tables, indexes, expressions, transactions, time to live. Its change streams are the service {@link DynamoDb.streams}.
 *
 * @example
 * const dynamodb = new DynamoDb(kernel);
 * kernel.register(dynamodb);
 * kernel.register(dynamodb.streams);
 */
export class DynamoDb implements Service {
  readonly name = 'dynamodb';
  readonly streams: DynamoDbStreams;
  readonly #database: Database;

  constructor(kernel: DynamoKernel, options: DynamoOptions = {}) {
    this.#database = new Database(kernel, options);
    this.streams = new DynamoDbStreams(this.#database);
  }

  invoke(name: string, input: object, _context?: CallContext): object {
    const run = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!run) throw new AwsError('UnknownOperationException', `DynamoDB has no operation '${name}' in the local cloud.`);
    return run(this.#database, input);
  }

  conditionKeys(name: string, input: object): ConditionKeys {
    const keys = leadingKeys(this.#database, name, input);
    return keys.length === 0 ? {} : { 'dynamodb:LeadingKeys': keys };
  }

  /** Capacity units that a table has consumed so far, whether or not its callers asked for them: a deterministic measure of cost. */
  consumed(tableName: string): Consumed {
    return this.#database.consumed(tableName);
  }
}
