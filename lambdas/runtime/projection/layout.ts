import type { Item, Key } from '../inbox/batch-get.ts';
import { keyProblem } from '../inbox/item-key.ts';
import { HEAD_NAMES, type HeadPlace } from '../inbox/records.ts';
import type { TransactItem } from '../inbox/transact.ts';
import { NO_ROW, type StoredRow } from './fold.ts';
import type { RowKey } from './project.ts';

/*
 * How a read model lies in its table (keys `pk` and `sk`):
 *
 *     rows      pk: [<generation>|]<row's pk>      sk: <row's sk>      the row's own attributes, _version, _heads
 *     heads     pk: [<generation>|]_head#<line>    sk: _head           head, parked, parkings
 *     pointer   pk: _pointer                       sk: _pointer        active: the generation that readers see
 */

const VERSION = '_version';
const HEADS = '_heads';

/** The generation without a name is the first one; its keys are the rows' own. */
export type Generation = string | undefined;

const prefixed = (generation: Generation, pk: string): string => (generation ? `${generation}|${pk}` : pk);

export const rowItemKey = (generation: Generation, key: RowKey): Key => ({ pk: prefixed(generation, key.pk), sk: key.sk });
/** Why no table would hold a row under this key, or undefined when it would. */
export function rowProblem(generation: Generation, key: RowKey): string | undefined {
  return keyProblem({ pk: key.pk, sk: key.sk }) ?? keyProblem(rowItemKey(generation, key));
}

/** Where the head of a subject is. */
export function headInRows(table: string, generation: Generation, line: string): HeadPlace {
  return { table, key: { pk: prefixed(generation, `_head#${line}`), sk: '_head' }, names: HEAD_NAMES };
}
export const POINTER_KEY: Key = { pk: '_pointer', sk: '_pointer' };

/** The row in an item, without what the kit keeps beside it. */
export function rowOf(item: Item): Record<string, unknown> {
  const { pk: _pk, sk: _sk, [VERSION]: _version, [HEADS]: _heads, ...row } = item;
  return row;
}

export function storedRowOf(item: Item | undefined): StoredRow {
  if (!item) return NO_ROW;
  return { row: rowOf(item), version: Number(item[VERSION] ?? 0), heads: (item[HEADS] ?? {}) as StoredRow['heads'] };
}

/** Replaces a row; fails when it was written since it was read. */
export function rowWrite(table: string, generation: Generation, key: RowKey, row: StoredRow): TransactItem {
  const before = row.version - 1;
  return {
    Put: {
      TableName: table,
      Item: {
        ...row.row,
        ...rowItemKey(generation, key),
        [VERSION]: row.version,
        ...(Object.keys(row.heads).length > 0 ? { [HEADS]: row.heads } : {}),
      },
      ConditionExpression: before === 0 ? 'attribute_not_exists(#version)' : '#version = :before',
      ExpressionAttributeNames: { '#version': VERSION },
      ...(before === 0 ? {} : { ExpressionAttributeValues: { ':before': before } }),
    },
  };
}
