import type {
  CreateActivityInput,
  CreateActivityOutput,
  DeleteActivityInput,
  DescribeActivityInput,
  DescribeActivityOutput,
  GetActivityTaskInput,
  GetActivityTaskOutput,
  ListActivitiesInput,
  ListActivitiesOutput,
} from '@aws-sdk/client-sfn';
import { arn as makeArn } from '../../../kernel/index.ts';
import { Activity } from '../executions/activities.ts';
import { checkArn, checkName } from './checks.ts';
import type { Services } from './context.ts';
import { pageOf, withToken } from './pages.ts';
import { tagsOf } from './tags.ts';

/** How long a worker's request for a task waits. */
const POLL_MS = 60_000;

export function createActivity({ kernel, store }: Services, input: CreateActivityInput): CreateActivityOutput {
  const name = checkName(input.name);
  const arn = makeArn('states', `activity:${name}`);
  const activity = store.activities.get(arn) ?? new Activity(arn, name, kernel.now(), tagsOf(input.tags));
  store.activities.set(arn, activity);
  return { activityArn: arn, creationDate: new Date(activity.createdAt) };
}

export function describeActivity({ store }: Services, input: DescribeActivityInput): DescribeActivityOutput {
  const activity = store.activity(checkArn(input.activityArn, 'activity'));
  return { activityArn: activity.arn, name: activity.name, creationDate: new Date(activity.createdAt) };
}

export function deleteActivity({ store }: Services, input: DeleteActivityInput): object {
  store.activities.delete(checkArn(input.activityArn, 'activity'));
  return {};
}

export function listActivities({ store }: Services, input: ListActivitiesInput): ListActivitiesOutput {
  const all = [...store.activities.values()];
  const page = pageOf(input, all.length);
  return {
    activities: all
      .slice(page.from, page.to)
      .map(({ arn, name, createdAt }) => ({ activityArn: arn, name, creationDate: new Date(createdAt) })),
    ...withToken(page.nextToken),
  };
}

/** The next task of an activity; nothing when there was none for a minute. */
export function getActivityTask({ kernel, store }: Services, input: GetActivityTaskInput): Promise<GetActivityTaskOutput> {
  const activity = store.activity(checkArn(input.activityArn, 'activity'));
  return new Promise((resolve) => {
    const timer = kernel.after(
      POLL_MS,
      () => {
        leave();
        resolve({});
      },
      { daemon: true, label: 'activity poll' },
    );
    const leave = activity.next((task) => {
      timer.cancel();
      task.taken(input.workerName);
      resolve({ taskToken: task.token, input: task.input });
    });
  });
}
