import type {
  CreateQueueRequest,
  CreateQueueResult,
  DeleteQueueRequest,
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  GetQueueUrlRequest,
  GetQueueUrlResult,
  ListDeadLetterSourceQueuesRequest,
  ListDeadLetterSourceQueuesResult,
  ListQueuesRequest,
  ListQueuesResult,
  ListQueueTagsRequest,
  ListQueueTagsResult,
  PurgeQueueRequest,
  SetQueueAttributesRequest,
  TagQueueRequest,
  UntagQueueRequest,
} from '@aws-sdk/client-sqs';
import { authorize } from '../access.ts';
import { isAttributeName, unknownAttribute } from '../attributes.ts';
import { invalidValue, legacy, missingParameter } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import type { Queue } from '../queue.ts';
import type { Queues } from '../queues.ts';
import type { Operations } from './operation.ts';

/** Creating, finding, changing and emptying queues. */
export function queueOperations(queues: Queues): Operations {
  return {
    CreateQueue(input: CreateQueueRequest): CreateQueueResult {
      const queue = queues.create(input.QueueName ?? '', (input.Attributes ?? {}) as Record<string, string>);
      for (const [key, value] of Object.entries(input.tags ?? {})) queue.tags.set(key, value);
      return { QueueUrl: queues.url(queue) };
    },
    DeleteQueue(input: DeleteQueueRequest, context) {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'DeleteQueue', context);
      queues.delete(queue);
      return {};
    },
    GetQueueUrl(input: GetQueueUrlRequest, context): GetQueueUrlResult {
      if (!input.QueueName) throw missingParameter('QueueName');
      const queue = queues.resolve(input.QueueName);
      authorize(queue, 'GetQueueUrl', context);
      return { QueueUrl: queues.url(queue) };
    },
    ListQueues(input: ListQueuesRequest): ListQueuesResult {
      const prefix = input.QueueNamePrefix ?? '';
      const found = queues.all().filter((queue) => queue.name.startsWith(prefix));
      const { page, next } = paginate(found, input.MaxResults, input.NextToken);
      return { ...(page.length > 0 ? { QueueUrls: page.map((queue) => queues.url(queue)) } : {}), ...(next ? { NextToken: next } : {}) };
    },
    ListDeadLetterSourceQueues(input: ListDeadLetterSourceQueuesRequest, context): ListDeadLetterSourceQueuesResult {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'ListDeadLetterSourceQueues', context);
      const { page, next } = paginate(queues.sourcesOf(queue), input.MaxResults, input.NextToken);
      return { queueUrls: page.map((source) => queues.url(source)), ...(next ? { NextToken: next } : {}) };
    },
    GetQueueAttributes(input: GetQueueAttributesRequest, context): GetQueueAttributesResult {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'GetQueueAttributes', context);
      const names: readonly string[] = input.AttributeNames ?? [];
      const unknown = names.find((name) => !isAttributeName(name));
      if (unknown !== undefined) throw unknownAttribute(unknown);
      const values = attributesOf(queue);
      const chosen = names.includes('All') ? values : Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
      return Object.keys(chosen).length > 0 ? { Attributes: chosen } : {};
    },
    SetQueueAttributes(input: SetQueueAttributesRequest, context) {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'SetQueueAttributes', context);
      queues.change(queue, (input.Attributes ?? {}) as Record<string, string>);
      return {};
    },
    PurgeQueue(input: PurgeQueueRequest, context) {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'PurgeQueue', context);
      if (queue.purgedAt !== undefined && queues.kernel.now() < queue.purgedAt + LIMITS.purgeEveryMs) {
        const text = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
        throw legacy('PurgeQueueInProgress', text, 'PurgeQueueInProgress', 403);
      }
      queue.purge();
      return {};
    },
    TagQueue(input: TagQueueRequest, context) {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'TagQueue', context);
      for (const [key, value] of Object.entries(input.Tags ?? {})) queue.tags.set(key, value);
      return {};
    },
    UntagQueue(input: UntagQueueRequest, context) {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'UntagQueue', context);
      for (const key of input.TagKeys ?? []) queue.tags.delete(key);
      return {};
    },
    ListQueueTags(input: ListQueueTagsRequest, context): ListQueueTagsResult {
      const queue = queues.resolve(input.QueueUrl);
      authorize(queue, 'ListQueueTags', context);
      return queue.tags.size > 0 ? { Tags: Object.fromEntries(queue.tags) } : {};
    },
  };
}

function attributesOf(queue: Queue): Record<string, string> {
  const { ready, delayed, 'in-flight': inFlight } = queue.counts;
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    ApproximateNumberOfMessages: String(ready),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
}

/** A page of at most `max` and, when asked for pages, the token of the next one. */
function paginate(found: readonly Queue[], max: number | undefined, token: string | undefined): { page: Queue[]; next?: string } {
  if (max !== undefined && (max < 1 || max > 1000)) {
    throw invalidValue(max, 'MaxResults', 'MaxResults must be an integer between 1 and 1000.');
  }
  const after = token === undefined ? '' : Buffer.from(token, 'base64').toString('utf8');
  const rest = found.filter((queue) => queue.name > after);
  const page = rest.slice(0, max ?? 1000);
  const last = page.at(-1);
  if (max === undefined || page.length === rest.length || !last) return { page };
  return { page, next: Buffer.from(last.name).toString('base64') };
}
