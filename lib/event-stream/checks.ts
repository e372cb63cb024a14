import type { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StreamConsumerProps } from './event-stream.ts';

/** @throws Error for choices that Lambda refuses at deployment, or with which records would be lost */
export function checkStreamConsumer(scope: Construct, props: StreamConsumerProps, retention: Duration): void {
  const refuse = (problem: string): Error => new Error(`${scope.node.path}: ${problem}`);
  const { batchSize = 100, parallelizationFactor: factor = 1, tumblingWindow, maxRecordAge, retryAttempts = 10, events } = props;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 10_000)
    throw refuse(`batchSize is ${batchSize}; it must be 1 to 10000.`);
  if (!Number.isInteger(factor) || factor < 1 || factor > 10) throw refuse(`parallelizationFactor is ${factor}; it must be 1 to 10.`);
  if (tumblingWindow && factor > 1) {
    throw refuse('a tumbling window is kept per shard, so parallelizationFactor must be 1.');
  }
  if (tumblingWindow && (tumblingWindow.toSeconds() < 1 || tumblingWindow.toSeconds() > 900)) {
    throw refuse(
      `the tumbling window is ${tumblingWindow.toSeconds()} s; Lambda takes 1 s to 15 minutes. Use rows of a projection for longer ones.`,
    );
  }
  if (!Number.isInteger(retryAttempts) || retryAttempts < 0 || retryAttempts > 10_000) {
    throw refuse(`retryAttempts is ${retryAttempts}; it must be 0 to 10000.`);
  }
  if (maxRecordAge && maxRecordAge.toSeconds() > retention.toSeconds()) {
    throw refuse(
      `maxRecordAge is beyond the stream's retention of ${retention.toHours()} h: records would be gone before they are set aside.`,
    );
  }
  if (events?.length === 0) throw refuse("without event types it would get nothing. Leave out 'events' for all.");
}
