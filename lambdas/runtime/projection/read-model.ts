import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { invalidCursor } from '../api/problem.ts';
import { documentClient, ENVIRONMENT, requireVariable, variable } from '../context/index.ts';
import { activeGeneration } from './generation.ts';
import { type Generation, rowItemKey, rowOf } from './layout.ts';
import type { RowKey } from './project.ts';

export interface ReadModelOptions {
  /** Which read model, when a function reads several: the `name` that `grantRead` was given. @default the only one */
  readonly name?: string;
  /** @default what `grantRead` of the construct set */
  readonly table?: string;
  /** @default the client that the function instance shares */
  readonly client?: DynamoDBDocumentClient;
  /** How long a function instance keeps reading a generation before it looks which one is active. @default 10 000 ms */
  readonly pointerTtlMs?: number;
}

export interface QueryOptions {
  /** Only sort keys that begin with this. @default all */
  readonly beginsWith?: string;
  /** @default 100 */
  readonly limit?: number;
  /** From the page before. @default the beginning */
  readonly cursor?: string;
  /** @default false */
  readonly descending?: boolean;
}

/** A row with its place. */
export type Found<R> = R & { readonly pk: string; readonly sk: string };

export interface ReadModel {
  get<R extends object>(key: RowKey): Promise<Found<R> | undefined>;
  /** Rows of one partition, by sort key. Without a `cursor` in the answer there are no more. @throws ProblemError 400 for a cursor that is none of this query's: clients send them */
  query<R extends object>(pk: string, options?: QueryOptions): Promise<{ readonly rows: Found<R>[]; readonly cursor?: string }>;
}

/**
 * Reads the rows of a projection: those of the active generation, without what the kit keeps beside them.
 *
 * @example
 * const board = readModel();
 * const totals = await board.get<Totals>({ pk: `AIRPORT#${code}`, sk: 'TOTALS' });
 */
export function readModel(options: ReadModelOptions = {}): ReadModel {
  let pointer: { generation: Generation; until: number } | undefined;
  const table = (): string =>
    options.table ?? requireVariable(variable(ENVIRONMENT.projectionTable, options.name), 'Call grantRead on the Projection construct.');
  const client = (): DynamoDBDocumentClient => options.client ?? documentClient();
  const generation = async (): Promise<Generation> => {
    if (!pointer || pointer.until <= Date.now()) {
      pointer = { generation: await activeGeneration(client(), table()), until: Date.now() + (options.pointerTtlMs ?? 10_000) };
    }
    return pointer.generation;
  };
  return {
    async get<R extends object>(key: RowKey) {
      const { Item } = await client().send(new GetCommand({ TableName: table(), Key: rowItemKey(await generation(), key) }));
      return Item ? ({ ...rowOf(Item), ...key } as Found<R>) : undefined;
    },
    async query<R extends object>(pk: string, query: QueryOptions = {}) {
      const key = rowItemKey(await generation(), { pk, sk: '' });
      const { Items, LastEvaluatedKey } = await client().send(
        new QueryCommand({
          TableName: table(),
          KeyConditionExpression: query.beginsWith ? 'pk = :pk AND begins_with(sk, :sk)' : 'pk = :pk',
          ExpressionAttributeValues: { ':pk': key.pk, ...(query.beginsWith ? { ':sk': query.beginsWith } : {}) },
          Limit: query.limit ?? 100,
          ScanIndexForward: !query.descending,
          ...(query.cursor === undefined
            ? {}
            : { ExclusiveStartKey: { pk: key.pk, sk: readCursor(query.cursor, query.beginsWith ?? '') } }),
        }),
      );
      const rows = (Items ?? []).map((item) => ({ ...rowOf(item), pk, sk: String(item.sk) }) as Found<R>);
      return LastEvaluatedKey ? { rows, cursor: Buffer.from(String(LastEvaluatedKey.sk)).toString('base64url') } : { rows };
    },
  };
}

/** DynamoDB refuses a start outside the query, and a sort key over 1,024 bytes. */
function readCursor(cursor: string, beginsWith: string): string {
  const bytes = Buffer.from(cursor, 'base64url');
  const sk = bytes.toString('utf8');
  const ours = sk !== '' && Buffer.from(sk).toString('base64url') === cursor && sk.startsWith(beginsWith) && bytes.length <= 1_024;
  if (!ours) throw invalidCursor();
  return sk;
}
