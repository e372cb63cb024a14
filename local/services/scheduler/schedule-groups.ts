import type {
  CreateScheduleGroupInput,
  CreateScheduleGroupOutput,
  DeleteScheduleGroupInput,
  GetScheduleGroupInput,
  GetScheduleGroupOutput,
  ListScheduleGroupsInput,
  ListScheduleGroupsOutput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-scheduler';
import { arn } from '../../kernel/index.ts';
import { checkName, conflict, validationError } from './errors.ts';
import { page } from './page.ts';
import { findGroup, type Operations, type SchedulerScope } from './scope.ts';
import { DEFAULT_GROUP, type ScheduleGroup } from './state.ts';

export function makeGroup(name: string, now: number): ScheduleGroup {
  return { name, arn: arn('scheduler', `schedule-group/${name}`), createdAt: new Date(now), schedules: new Map(), tags: new Map() };
}

function createScheduleGroup(input: CreateScheduleGroupInput, { groups, kernel }: SchedulerScope): CreateScheduleGroupOutput {
  const name = checkName(input.Name, 'name');
  if (groups.has(name)) throw conflict(`Schedule group ${name} already exists.`);
  const group = makeGroup(name, kernel.now());
  for (const { Key, Value } of input.Tags ?? []) group.tags.set(Key ?? '', Value ?? '');
  groups.set(name, group);
  return { ScheduleGroupArn: group.arn };
}

/** Takes the group's schedules with it. */
function deleteScheduleGroup(input: DeleteScheduleGroupInput, scope: SchedulerScope): object {
  if (input.Name === DEFAULT_GROUP) throw validationError('The default schedule group cannot be deleted.');
  const group = findGroup(scope, input.Name);
  for (const schedule of group.schedules.values()) schedule.timer?.cancel();
  scope.groups.delete(group.name);
  return {};
}

function describe(group: ScheduleGroup): GetScheduleGroupOutput {
  return { Arn: group.arn, Name: group.name, State: 'ACTIVE', CreationDate: group.createdAt, LastModificationDate: group.createdAt };
}

const getScheduleGroup = (input: GetScheduleGroupInput, scope: SchedulerScope): GetScheduleGroupOutput =>
  describe(findGroup(scope, input.Name));

function listScheduleGroups(input: ListScheduleGroupsInput, { groups }: SchedulerScope): ListScheduleGroupsOutput {
  const found = [...groups.values()].filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
  const { items, nextToken } = page(found, input.MaxResults, input.NextToken);
  return { ScheduleGroups: items.map(describe), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

/** Only groups have tags. */
function groupOf(scope: SchedulerScope, resourceArn: string | undefined): ScheduleGroup {
  return findGroup(scope, resourceArn?.split('/')[1]);
}

function tagResource(input: TagResourceInput, scope: SchedulerScope): object {
  const { tags } = groupOf(scope, input.ResourceArn);
  for (const { Key, Value } of input.Tags ?? []) tags.set(Key ?? '', Value ?? '');
  return {};
}

function untagResource(input: UntagResourceInput, scope: SchedulerScope): object {
  const { tags } = groupOf(scope, input.ResourceArn);
  for (const key of input.TagKeys ?? []) tags.delete(key);
  return {};
}

const listTags = (input: ListTagsForResourceInput, scope: SchedulerScope): ListTagsForResourceOutput => ({
  Tags: [...groupOf(scope, input.ResourceArn).tags].map(([Key, Value]) => ({ Key, Value })),
});

export const groupOperations = {
  CreateScheduleGroup: createScheduleGroup,
  DeleteScheduleGroup: deleteScheduleGroup,
  GetScheduleGroup: getScheduleGroup,
  ListScheduleGroups: listScheduleGroups,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTags,
} satisfies Operations;
