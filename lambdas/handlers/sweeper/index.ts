import type { Context } from 'aws-lambda';
import { ENVIRONMENT, integerVariable } from '../../runtime/context/index.ts';
import { DEFAULT_SHARDS, PENDING_INDEX } from '../../runtime/outbox/item.ts';
import { edgeFromEnvironment, type SweepReport, sweep } from '../../runtime/outbox/relay/index.ts';

/** The sweeper of an outbox: publishes what has waited too long, and says how long the oldest event has waited. */
export async function handler(_event: unknown, context: Context): Promise<SweepReport> {
  return sweep(edgeFromEnvironment(context), {
    index: process.env[ENVIRONMENT.outboxIndex] || PENDING_INDEX,
    shards: integerVariable(ENVIRONMENT.outboxShards, DEFAULT_SHARDS),
    overdueMs: integerVariable(ENVIRONMENT.outboxOverdueSeconds, 60) * 1000,
  });
}
