import { Token } from 'aws-cdk-lib';
import { CfnQueue, type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmProps, createAlarm, DeadLetterQueue } from '../shared/index.ts';
import { checkVisibility, type HandlingTime } from './checks.ts';
import type { QueueSourceProps } from './queue-source.ts';

const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_RETENTION_SECONDS = 4 * 86_400;
const DEFAULT_RECEIVES = 10;

/**
 * How often a message comes before it goes to the dead-letter queue.
 * @throws Error when the queue says otherwise: the runtime parks a message one time earlier
 */
export function receivesOf(scope: Construct, { queue, maxReceives }: QueueSourceProps): number {
  const known = queue instanceof Queue ? queue.deadLetterQueue?.maxReceiveCount : undefined;
  if (known !== undefined && maxReceives !== undefined && maxReceives !== known) {
    throw new Error(
      `${scope.node.path}: maxReceives is ${maxReceives}, but ${queue?.node.path} gives a message to its dead-letter queue after ${known} times. ` +
        'Leave maxReceives out, or change the queue.',
    );
  }
  return maxReceives ?? known ?? DEFAULT_RECEIVES;
}

/** Alarms on the dead-letter queue of an existing queue, where it is known and no construct of this kit does so already. */
export function alarmOnDeadLetters(scope: Construct, queue: IQueue, props: AlarmProps): void {
  const dead = queue instanceof Queue ? queue.deadLetterQueue?.queue : undefined;
  if (!dead || dead.node.scope instanceof DeadLetterQueue) return;
  createAlarm(
    scope,
    'NotEmpty',
    {
      severity: 'critical',
      metric: dead.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: 1,
      description: `${dead.node.path} holds messages that ${scope.node.path} could not handle. Find the cause, then redrive them before they expire.`,
    },
    props,
  );
}

/** @throws Error when an existing queue would lose messages or deliver them twice at once */
export function checkExistingQueue(scope: Construct, queue: IQueue, props: QueueSourceProps, time: HandlingTime): void {
  const vain = (['visibilityTimeout', 'retention'] as const).filter((prop) => props[prop] !== undefined);
  if (vain.length > 0 || (props.fifo !== undefined && props.fifo !== queue.fifo)) {
    throw new Error(
      `${scope.node.path}: ${vain[0] ?? 'fifo'} cannot be set for ${queue.node.path}, which is there already. Set it where the queue is defined.`,
    );
  }
  // An imported queue says nothing about itself.
  if (!(queue instanceof Queue)) return;
  const refuse = (problem: string): Error => new Error(`${scope.node.path}: the queue ${queue.node.path} ${problem}`);
  const dead = queue.deadLetterQueue;
  if (!dead) throw refuse('has no dead-letter queue; what kills the function would come for ever. Give it one, kept for 14 days.');
  const visibility = numberOf(queue, 'visibilityTimeout') ?? DEFAULT_VISIBILITY_SECONDS;
  checkVisibility(scope, visibility, time);
  const kept = numberOf(queue, 'messageRetentionPeriod') ?? DEFAULT_RETENTION_SECONDS;
  const keptDead = dead.queue instanceof Queue ? (numberOf(dead.queue, 'messageRetentionPeriod') ?? DEFAULT_RETENTION_SECONDS) : undefined;
  // A message keeps its age when it moves to the dead-letter queue of a standard queue.
  if (keptDead !== undefined && keptDead <= kept && keptDead < 1_209_600) {
    throw refuse(
      `keeps messages for ${kept} s and its dead-letter queue for ${keptDead} s: a message keeps its age when it moves, and may vanish at once. ` +
        'Keep the dead-letter queue for 14 days.',
    );
  }
}

function numberOf(queue: Queue, property: 'visibilityTimeout' | 'messageRetentionPeriod'): number | undefined {
  const { defaultChild } = queue.node;
  const value = defaultChild instanceof CfnQueue ? defaultChild[property] : undefined;
  return typeof value === 'number' && !Token.isUnresolved(value) ? value : undefined;
}
