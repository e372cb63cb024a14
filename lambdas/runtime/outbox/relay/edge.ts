import { documentClient, ENVIRONMENT, eventBridgeClient, type Log, log, measure, requireVariable } from '../../context/index.ts';
import { PARTITION_KEY } from '../item.ts';
import { publishTo } from './bus.ts';
import type { RelayEdge } from './relay-stream.ts';

const HINT = 'The Outbox construct sets it on its own functions.';

/** The clients and names of a relay or sweeper, from the environment that the construct gave it. */
export function edgeFromEnvironment(context: { getRemainingTimeInMillis(): number; readonly awsRequestId: string }): RelayEdge {
  const outbox = process.env[ENVIRONMENT.outboxName] || 'outbox';
  const bound: Log = log({ outbox, requestId: context.awsRequestId });
  return {
    table: {
      client: documentClient(),
      table: requireVariable(ENVIRONMENT.outboxTable, HINT),
      key: process.env[ENVIRONMENT.outboxKey] || PARTITION_KEY,
    },
    publish: publishTo(requireVariable(ENVIRONMENT.bus, HINT), eventBridgeClient()),
    log: bound,
    remainingMs: () => context.getRemainingTimeInMillis(),
    measure: (measurements) => measure({ outbox }, measurements),
  };
}
