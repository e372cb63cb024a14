import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Database, Table } from '../database.ts';
import type { KeyAttribute } from '../storage/schema.ts';
import { type Item, memberOf } from '../values/attribute-value.ts';
import { tableName } from './constraints.ts';
import { bindQuery } from './query.ts';

interface Request {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Item?: Item;
  readonly Key?: Item;
  /** The part of a batch that is for this table. */
  readonly requests?: unknown;
}

/**
 * The partition keys of the items that a request is about, for the condition key `dynamodb:LeadingKeys`; none for a Scan, which has none.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function leadingKeys(database: Database, operation: string, input: Request): string[] {
  if (input.TableName === undefined) return [];
  const table = database.tables.get(tableName(input.TableName));
  if (!table) return [];
  if (operation === 'Query') return valuesOf(hashesOf(table, input.IndexName), equalTo(input));
  return itemsOf(input).flatMap((item) => valuesOf(table.schema.keys.hashes, (name) => memberOf(item, name)));
}

function hashesOf(table: Table, index: string | undefined): readonly KeyAttribute[] {
  return (index === undefined ? table.schema.keys : table.schema.indexes.get(index)?.keys)?.hashes ?? [];
}

function equalTo(input: Request): (name: string) => AttributeValue | undefined {
  const { keyCondition } = bindQuery(input as QueryCommandInput);
  return (name) => keyCondition.equalTo(name);
}

/** The items and keys of a request for one item, or of a batch for one table. */
function itemsOf({ Item: item, Key: key, requests }: Request): Item[] {
  if (item ?? key) return [item ?? key ?? {}];
  const writes = Array.isArray(requests) ? (requests as { PutRequest?: { Item?: Item }; DeleteRequest?: { Key?: Item } }[]) : [];
  const keys = (requests as { Keys?: Item[] } | undefined)?.Keys ?? [];
  return [...writes.map(({ PutRequest: put, DeleteRequest: remove }) => put?.Item ?? remove?.Key ?? {}), ...keys];
}

function valuesOf(hashes: readonly KeyAttribute[], read: (name: string) => AttributeValue | undefined): string[] {
  return hashes.map(({ name }) => read(name)).flatMap((value) => (value === undefined ? [] : [textOf(value)]));
}

function textOf({ S, N, B }: AttributeValue): string {
  return S ?? N ?? Buffer.from(B ?? []).toString('base64');
}
