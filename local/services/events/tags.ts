import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-eventbridge';
import { DEFAULT_BUS, findBus } from './buses.ts';
import { validationError } from './errors.ts';
import { findRule } from './rules.ts';
import type { EventsScope, Operations } from './scope.ts';
import { type EventsState, tagMap } from './state.ts';

/** The tags of the bus or rule with that ARN. */
function tagsOf(state: EventsState, arn: string | undefined): Map<string, string> {
  const resource = arn?.split(':').slice(5).join(':') ?? '';
  const [kind, ...names] = resource.split('/');
  if (kind === 'event-bus') return findBus(state, names.join('/')).tags;
  if (kind !== 'rule') throw validationError(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  return findRule(state, names.at(-1), names.length > 1 ? names.slice(0, -1).join('/') : DEFAULT_BUS).tags;
}

function tagResource(input: TagResourceRequest, { state }: EventsScope): object {
  const tags = tagsOf(state, input.ResourceARN);
  for (const [key, value] of tagMap(input.Tags)) tags.set(key, value);
  return {};
}

function untagResource(input: UntagResourceRequest, { state }: EventsScope): object {
  const tags = tagsOf(state, input.ResourceARN);
  for (const key of input.TagKeys ?? []) tags.delete(key);
  return {};
}

function listTagsForResource(input: ListTagsForResourceRequest, { state }: EventsScope): ListTagsForResourceResponse {
  return { Tags: [...tagsOf(state, input.ResourceARN)].map(([Key, Value]) => ({ Key, Value })) };
}

export const tagOperations = {
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
} satisfies Operations;
