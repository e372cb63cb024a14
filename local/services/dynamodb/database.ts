import type { BillingMode, SSEDescription, Tag } from '@aws-sdk/client-dynamodb';
import type { Kernel, Timer } from '../../kernel/index.ts';
import { resourceNotFound } from './errors.ts';
import type { Expiry } from './storage/expiry.ts';
import type { StoredItem } from './storage/keyed-items.ts';
import { keyOf, type TableSchema } from './storage/schema.ts';
import type { Replacement, TableItems, WriteCost } from './storage/table.ts';
import type { ChangeStream } from './streams/change-stream.ts';
import { equalItems, type Item } from './values/attribute-value.ts';
import { itemSize } from './values/size.ts';

/** What the service needs of the kernel. */
export type DynamoKernel = Pick<Kernel, 'now' | 'uuid' | 'schedule' | 'signal'>;

/** Settings that are described and kept, and change nothing here. */
export interface TableSettings {
  billingMode: BillingMode;
  throughput: { read: number; write: number };
  indexThroughput: Map<string, { read: number; write: number }>;
  deletionProtection: boolean;
  tableClass: string;
  sse: SSEDescription | undefined;
  pointInTimeRecovery: { enabled: boolean; days: number };
  tags: Map<string, Tag>;
}

export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  schema: TableSchema;
  readonly items: TableItems;
  readonly settings: TableSettings;
  stream: ChangeStream | undefined;
  expiry: Expiry | undefined;
  expiryTimer: Timer | undefined;
}

/** A replacement in a table, ready to be made: nothing about it can fail any more. */
export interface Change extends Replacement {
  readonly table: Table;
}

/** Capacity units that a table has consumed since it was created, indexes included. */
export interface Consumed {
  readonly read: number;
  readonly write: number;
}

export interface DynamoOptions {
  /** Milliseconds from an item's expiry to its deletion; DynamoDB promises "within a few days". @default 0 */
  readonly expiryDelayMs?: number;
  /** Shards of a new stream. @default as many as the table would have partitions: 4 on demand, 1 per 1000 write units when provisioned */
  readonly streamShards?: number;
}

/** A transaction that was made under a client's token, remembered for ten minutes. */
export interface Transaction {
  readonly fingerprint: string;
  /** What a request that repeats it reads. */
  readonly reads: readonly { readonly table: Table; readonly bytes: number }[];
  readonly until: number;
}

/** The tables of the account, and the one way in which their items change. */
export class Database {
  readonly kernel: DynamoKernel;
  readonly options: DynamoOptions;
  readonly tables = new Map<string, Table>();
  /** All streams that can still be read, by ARN, those of deleted tables and replaced streams included. */
  readonly streams = new Map<string, ChangeStream>();
  readonly #consumed = new Map<string, { read: number; write: number }>();
  /** In the order in which they were made, which is the order in which they are forgotten. */
  readonly #transactions = new Map<string, Transaction>();

  constructor(kernel: DynamoKernel, options: DynamoOptions) {
    this.kernel = kernel;
    this.options = options;
  }

  /** @throws AwsError when there is no such table */
  table(name: string): Table {
    const table = this.tables.get(name);
    if (!table) throw resourceNotFound();
    return table;
  }

  consumed(tableName: string): Consumed {
    return { read: 0, write: 0, ...this.#consumed.get(tableName) };
  }

  meter(tableName: string, kind: keyof Consumed, units: number): void {
    const consumed = this.#consumed.get(tableName) ?? { read: 0, write: 0 };
    consumed[kind] += units;
    this.#consumed.set(tableName, consumed);
  }

  transactionToken(token: string): Transaction | undefined {
    const now = this.kernel.now();
    for (const [old, { until }] of this.#transactions) {
      if (until > now) break;
      this.#transactions.delete(old);
    }
    return this.#transactions.get(token);
  }

  rememberTransaction(token: string, transaction: Transaction): void {
    this.#transactions.set(token, transaction);
  }

  /**
   * Makes the changes, and tells those who read the streams that they are on.
   *
   * @param factor 2 for transactions, which take twice the capacity of the table (not of its indexes)
   */
  commit(changes: readonly Change[], factor = 1): WriteCost[] {
    const news = new Set<string>();
    const costs = changes.map((change) => {
      const before = change.table.stream?.lastSequence;
      const cost = this.#replace(change, false);
      let units = cost.table * factor;
      for (const index of cost.indexes.values()) units += index;
      this.meter(change.table.name, 'write', units);
      const { stream } = change.table;
      if (stream && stream.lastSequence !== before) news.add(stream.arn);
      return cost;
    });
    for (const arn of news) this.kernel.signal(arn);
    return costs;
  }

  #replace(change: Change, expired: boolean): WriteCost {
    const { table, place, before, after } = change;
    const changed = before && after ? !equalItems(before.item, after.item) : before !== after;
    const cost = table.items.replace(change, changed);
    if (!changed) return cost;
    if (table.expiry) {
      table.expiry.replace(place, before?.item, after?.item);
      this.watchExpiry(table);
    }
    if (table.stream?.enabled) this.#record(table.stream, change, expired);
    return cost;
  }

  #record(stream: ChangeStream, { table, place, before, after }: Change, expired: boolean): void {
    const { view } = stream.options;
    const keys = keyOf(table.schema.keys, (after ?? before)?.item ?? {});
    const shown = (stored: StoredItem | undefined, views: readonly string[]): Item | undefined =>
      stored && views.includes(view) ? stored.item : undefined;
    const old = shown(before, ['OLD_IMAGE', 'NEW_AND_OLD_IMAGES']);
    const now = shown(after, ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES']);
    stream.append(place.partition, {
      at: this.kernel.now(),
      name: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
      keys,
      before: old,
      after: now,
      size: itemSize(keys) + (old ? (before?.size ?? 0) : 0) + (now ? (after?.size ?? 0) : 0),
      expired,
    });
  }

  /** Sees to it that the table's next item to expire will be deleted. */
  watchExpiry(table: Table): void {
    const next = table.expiry?.next;
    const at = next === undefined ? undefined : Math.max(next + (this.options.expiryDelayMs ?? 0), this.kernel.now());
    if (at === table.expiryTimer?.at) return;
    table.expiryTimer?.cancel();
    table.expiryTimer =
      at === undefined
        ? undefined
        : this.kernel.schedule(at, () => this.#expire(table), { daemon: true, label: `time to live of ${table.name}` });
  }

  #expire(table: Table): void {
    table.expiryTimer = undefined;
    const { expiry } = table;
    if (!expiry || this.tables.get(table.name) !== table) return;
    const now = this.kernel.now();
    let deleted = false;
    for (const expiring of expiry.due(now - (this.options.expiryDelayMs ?? 0))) {
      const before = table.items.get(expiring.place);
      expiry.forget(expiring);
      if (!before || expiry.isTooOld(expiring, now)) continue;
      this.#replace({ table, place: expiring.place, before, after: undefined }, true);
      deleted = true;
    }
    this.watchExpiry(table);
    if (deleted && table.stream?.enabled) this.kernel.signal(table.stream.arn);
  }
}
