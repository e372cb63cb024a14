import type {
  CancelMessageMoveTaskRequest,
  CancelMessageMoveTaskResult,
  ListMessageMoveTasksRequest,
  ListMessageMoveTasksResult,
  StartMessageMoveTaskRequest,
  StartMessageMoveTaskResult,
} from '@aws-sdk/client-sqs';
import { authorize } from '../access.ts';
import { invalidParameter, invalidValue, missingParameter, resourceNotFound } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import type { MoveTask, MoveTasks } from '../move-tasks.ts';
import type { Queue } from '../queue.ts';
import type { Queues } from '../queues.ts';
import type { Operations } from './operation.ts';

/** Dead-letter queue redrive. */
export function moveOperations(queues: Queues, tasks: MoveTasks): Operations {
  const source = (sourceArn: string | undefined): Queue => {
    if (!sourceArn) throw missingParameter('SourceArn');
    const queue = queues.byArn(sourceArn);
    if (!queue) throw resourceNotFound("The resource that you specified for the SourceArn parameter doesn't exist.");
    return queue;
  };
  return {
    StartMessageMoveTask(input: StartMessageMoveTaskRequest, context): StartMessageMoveTaskResult {
      const queue = source(input.SourceArn);
      authorize(queue, 'StartMessageMoveTask', context);
      if (queues.sourcesOf(queue).length === 0) throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
      if (input.DestinationArn !== undefined && !queues.byArn(input.DestinationArn)) {
        throw resourceNotFound("The resource that you specified for the DestinationArn parameter doesn't exist.");
      }
      const rate = input.MaxNumberOfMessagesPerSecond;
      if (rate !== undefined && !(rate >= 1 && rate <= LIMITS.moveMessagesPerSecond)) {
        const reason = `Must be an integer between 1 and ${LIMITS.moveMessagesPerSecond}.`;
        throw invalidValue(rate, 'MaxNumberOfMessagesPerSecond', reason);
      }
      return { TaskHandle: handleOf(tasks.start(queue, input.DestinationArn, rate)) };
    },
    ListMessageMoveTasks(input: ListMessageMoveTasksRequest, context): ListMessageMoveTasksResult {
      const queue = source(input.SourceArn);
      authorize(queue, 'ListMessageMoveTasks', context);
      return {
        Results: tasks
          .of(queue)
          .slice(0, input.MaxResults ?? 1)
          .map(entryOf),
      };
    },
    CancelMessageMoveTask(input: CancelMessageMoveTaskRequest, context): CancelMessageMoveTaskResult {
      const { taskId, sourceArn } = parseHandle(input.TaskHandle);
      const queue = source(sourceArn);
      authorize(queue, 'CancelMessageMoveTask', context);
      return { ApproximateNumberOfMessagesMoved: tasks.cancel(queue.arn, taskId).moved };
    },
  };
}

type Entry = NonNullable<ListMessageMoveTasksResult['Results']>[number];

function entryOf(task: MoveTask): Entry {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: handleOf(task) } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
    ...(task.messagesPerSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.messagesPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure === undefined ? {} : { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  };
}

function handleOf(task: MoveTask): string {
  return Buffer.from(JSON.stringify({ taskId: task.id, sourceArn: task.sourceArn })).toString('base64');
}

function parseHandle(handle: string | undefined): { taskId: string; sourceArn: string } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(handle ?? '', 'base64').toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && 'taskId' in parsed && 'sourceArn' in parsed) {
      return { taskId: String(parsed.taskId), sourceArn: String(parsed.sourceArn) };
    }
  } catch {
    // Not a handle that was given out.
  }
  throw invalidParameter('Value for parameter TaskHandle is invalid.');
}
