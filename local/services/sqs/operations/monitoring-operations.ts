import type { Queues } from '../queues.ts';
import type { Operations } from './operation.ts';

/** A queue as CloudWatch measures it, by the names of its metrics. The counts since the queue was made are for it to take differences of. */
export interface QueueMetrics {
  readonly levels: {
    readonly ApproximateNumberOfMessagesVisible: number;
    readonly ApproximateNumberOfMessagesNotVisible: number;
    readonly ApproximateNumberOfMessagesDelayed: number;
    /** Seconds. */
    readonly ApproximateAgeOfOldestMessage: number;
  };
  readonly totals: {
    readonly NumberOfMessagesSent: number;
    readonly NumberOfMessagesReceived: number;
    readonly NumberOfMessagesDeleted: number;
  };
}

/** What AWS has no operation for: SQS tells CloudWatch by itself. */
export function monitoringOperations(queues: Queues): Operations {
  return {
    GetQueueMetrics(input: { readonly QueueUrl: string }): QueueMetrics {
      const queue = queues.resolve(input.QueueUrl);
      const { ready, delayed, 'in-flight': inFlight } = queue.counts;
      const now = queues.kernel.now();
      return {
        levels: {
          ApproximateNumberOfMessagesVisible: ready,
          ApproximateNumberOfMessagesNotVisible: inFlight,
          ApproximateNumberOfMessagesDelayed: delayed,
          ApproximateAgeOfOldestMessage: Math.floor((now - (queue.oldestSentAt ?? now)) / 1000),
        },
        totals: {
          NumberOfMessagesSent: queue.totals.sent,
          NumberOfMessagesReceived: queue.totals.received,
          NumberOfMessagesDeleted: queue.totals.deleted,
        },
      };
    },
  };
}
