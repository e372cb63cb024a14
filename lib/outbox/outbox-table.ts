import { Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  CfnGlobalTable,
  CfnTable,
  type ITable,
  ProjectionType,
  StreamViewType,
  Table,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { ATTRIBUTES, PARTITION_KEY, PENDING_INDEX } from '../../lambdas/runtime/outbox/item.ts';
import { type AnyTable, asTable, stageDefaults, tableEncryption } from '../shared/index.ts';
import type { OutboxProps } from './outbox-props.ts';

/** The table of an outbox, with what the runtime has to know of it. */
export interface OutboxTable {
  readonly table: ITable;
  readonly partitionKey: string;
  readonly index: string;
}

const PENDING = {
  partitionKey: { name: ATTRIBUTES.pendingShard, type: AttributeType.STRING },
  sortKey: { name: ATTRIBUTES.pendingSince, type: AttributeType.NUMBER },
  projectionType: ProjectionType.KEYS_ONLY,
} as const;

export function makeTable(scope: Construct, id: string, props: OutboxProps): OutboxTable {
  const table = new Table(scope, id, {
    partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    ...tableEncryption(props.encryptionKey),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    stream: StreamViewType.NEW_IMAGE,
    ...stageDefaults(scope).table,
  });
  table.addGlobalSecondaryIndex({ indexName: PENDING_INDEX, ...PENDING });
  return { table: asTable(table), partitionKey: PARTITION_KEY, index: PENDING_INDEX };
}

/** @throws Error when the table cannot be an outbox, with what to change */
export function adoptTable(scope: Construct, given: AnyTable, props: OutboxProps): OutboxTable {
  const table = asTable(given);
  const refuse = (problem: string): Error => new Error(`${scope.node.path}: the table ${table.node.path} ${problem}`);
  if (!table.tableStreamArn) {
    throw refuse(
      'has no stream, so no relay can read it. Define it with `stream: StreamViewType.NEW_IMAGE`, or import it with its tableStreamArn.',
    );
  }
  const { key, sortKey, images } = shapeOf(given);
  const partitionKey = props.partitionKey ?? key?.name ?? PARTITION_KEY;
  if (sortKey) {
    throw refuse(
      `has the sort key ${sortKey.name}; an aggregate is one item under one key. Use a table without, or let the construct make one.`,
    );
  }
  if (key && (key.name !== partitionKey || key.type !== AttributeType.STRING)) {
    throw refuse(`has the key ${key.name} of type ${key.type}, not the string ${partitionKey}.`);
  }
  if (images !== undefined && !images.includes('NEW')) {
    throw refuse(`has a stream of ${images}, which does not carry the events. Use StreamViewType.NEW_IMAGE.`);
  }
  if (props.pendingIndex !== undefined) return { table, partitionKey, index: props.pendingIndex };
  if (!(given instanceof Table || given instanceof TableV2)) {
    throw refuse(
      `is imported, so the index of pending events cannot be added. Add one over ${ATTRIBUTES.pendingShard} (S) and ${ATTRIBUTES.pendingSince} (N), keys only, and name it in pendingIndex.`,
    );
  }
  given.addGlobalSecondaryIndex({ indexName: PENDING_INDEX, ...PENDING });
  return { table, partitionKey, index: PENDING_INDEX };
}

interface Shape {
  readonly key?: KeyAttribute | undefined;
  readonly sortKey?: KeyAttribute | undefined;
  /** What its stream carries. */
  readonly images?: string | undefined;
}

interface KeyAttribute {
  readonly name: string;
  readonly type: string | undefined;
}

/** What a table says of itself; an imported one says nothing. */
function shapeOf(table: AnyTable): Shape {
  const { defaultChild } = table.node;
  if (!(defaultChild instanceof CfnTable || defaultChild instanceof CfnGlobalTable)) return {};
  const { keySchema, attributeDefinitions, streamSpecification } = defaultChild;
  const resolved: Resolved = Stack.of(table).resolve({ keySchema, attributeDefinitions, streamSpecification });
  const attribute = (keyType: string): KeyAttribute | undefined => {
    const name = resolved.keySchema?.find((key) => key.keyType === keyType)?.attributeName;
    const definition = resolved.attributeDefinitions?.find(({ attributeName }) => attributeName === name);
    return name === undefined ? undefined : { name, type: definition?.attributeType };
  };
  return { key: attribute('HASH'), sortKey: attribute('RANGE'), images: resolved.streamSpecification?.streamViewType };
}

interface Resolved {
  readonly keySchema?: readonly { readonly attributeName: string; readonly keyType: string }[];
  readonly attributeDefinitions?: readonly { readonly attributeName: string; readonly attributeType: string }[];
  readonly streamSpecification?: { readonly streamViewType: string };
}
