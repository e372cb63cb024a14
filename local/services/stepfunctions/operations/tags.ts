import type { ListTagsForResourceInput, ListTagsForResourceOutput, Tag, TagResourceInput, UntagResourceInput } from '@aws-sdk/client-sfn';
import { AwsError } from '../../../kernel/index.ts';
import type { Services } from './context.ts';

export function tagsOf(tags: readonly Tag[] | undefined): Map<string, string> {
  return new Map((tags ?? []).map((tag) => [tag.key ?? '', tag.value ?? '']));
}

export function tagResource(services: Services, input: TagResourceInput): object {
  const tags = tagsAt(services, input.resourceArn);
  for (const [key, value] of tagsOf(input.tags)) tags.set(key, value);
  return {};
}

export function untagResource(services: Services, input: UntagResourceInput): object {
  const tags = tagsAt(services, input.resourceArn);
  for (const key of input.tagKeys ?? []) tags.delete(key);
  return {};
}

export function listTagsForResource(services: Services, input: ListTagsForResourceInput): ListTagsForResourceOutput {
  return { tags: [...tagsAt(services, input.resourceArn)].map(([key, value]) => ({ key, value })) };
}

function tagsAt({ store }: Services, arn: string | undefined): Map<string, string> {
  const owner = store.machines.get(arn ?? '') ?? store.activities.get(arn ?? '');
  if (!owner) throw new AwsError('ResourceNotFound', `Resource not found: '${arn ?? ''}'`);
  return owner.tags;
}
