import { type Input, named, objects, one, type Permission } from '../permission.ts';

const TRANSACTION_OPERATIONS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** A batch needs its own permission on every table, a transaction those of each of its actions. */
export function dynamodb(operation: string, input: Input): readonly Permission[] {
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    return Object.entries((input.RequestItems ?? {}) as Input).map(([name, requests]) => ({
      action: `dynamodb:${operation}`,
      resource: tableArn(name),
      request: { operation, input: { TableName: name, requests } },
    }));
  }
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems') {
    return objects(input.TransactItems).flatMap((item) =>
      Object.entries(item).map(([kind, action]) => {
        const single = TRANSACTION_OPERATIONS[kind] ?? kind;
        const part = action as Input;
        const request = { operation: single, input: { ...part, EnclosingOperation: operation } };
        return { action: `dynamodb:${single}`, resource: tableArn(part.TableName), request };
      }),
    );
  }
  const table = input.TableName ?? input.ResourceArn;
  if (table === undefined) return one(`dynamodb:${operation}`, '*');
  const resource = tableArn(table);
  return one(`dynamodb:${operation}`, input.IndexName === undefined ? resource : `${resource}/index/${String(input.IndexName)}`);
}

const tableArn = (table: unknown): string => named('dynamodb', 'table/', table) ?? '*';

/** A shard iterator is opaque to callers; ours starts with the stream it reads, so that access can be decided. */
export function changeStream({ StreamArn: stream, ShardIterator: iterator }: Input): unknown {
  return stream ?? /^(arn:aws:dynamodb:[^|]+)\|/.exec(String(iterator ?? ''))?.[1];
}
