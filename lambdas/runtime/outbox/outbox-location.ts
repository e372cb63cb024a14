import { ENVIRONMENT, integerVariable, requireVariable, variable } from '../context/environment.ts';
import { DEFAULT_SHARDS, PARTITION_KEY, PENDING_INDEX } from './item.ts';

/** Where an outbox is. */
export interface OutboxLocation {
  readonly table: string;
  /** Name of the partition key. */
  readonly key: string;
  /** Name of the sparse index of pending events. */
  readonly index: string;
  readonly shards: number;
}

/**
 * What the construct told this function.
 * @param grant the construct's method that tells it, for the message
 * @throws MissingVariableError when it did not
 */
export function locationFromEnvironment(grant: string, name?: string): OutboxLocation {
  return {
    table: requireVariable(
      variable(ENVIRONMENT.outboxTable, name),
      `Call ${grant} on the Outbox construct with this function${name === undefined ? '' : ` and the name ${JSON.stringify(name)}`}.`,
    ),
    key: process.env[variable(ENVIRONMENT.outboxKey, name)] || PARTITION_KEY,
    index: process.env[variable(ENVIRONMENT.outboxIndex, name)] || PENDING_INDEX,
    shards: integerVariable(variable(ENVIRONMENT.outboxShards, name), DEFAULT_SHARDS),
  };
}
