import { Annotations, Duration, Token } from 'aws-cdk-lib';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** AWS advises six times the function's timeout, so that a batch that is throttled or retried does not come twice at once. */
const VISIBILITY_FACTOR = 6;
const DEFAULT_LAMBDA_TIMEOUT = Duration.seconds(3);
const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_RETENTION_SECONDS = 4 * 86_400;

/** Timeout of a function, or undefined when it is imported. */
export function functionTimeout(fn: IFunction): Duration | undefined {
  return fn instanceof LambdaFunction ? (fn.timeout ?? DEFAULT_LAMBDA_TIMEOUT) : undefined;
}

/** @throws Error when the visibility timeout is shorter than the function may run */
export function visibilityFor(scope: Construct, timeout: Duration | undefined, wanted: Duration | undefined): Duration {
  const advised = Duration.seconds(Math.min(43_200, (timeout ?? Duration.minutes(1)).toSeconds() * VISIBILITY_FACTOR));
  if (wanted === undefined) return advised;
  checkVisibility(scope, wanted.toSeconds(), timeout);
  return wanted;
}

function checkVisibility(scope: Construct, seconds: number, timeout: Duration | undefined): void {
  if (timeout === undefined) return;
  const limit = timeout.toSeconds();
  if (seconds < limit) {
    throw new Error(
      `${scope.node.path}: the visibility timeout (${seconds} s) is shorter than the function's timeout (${limit} s), so messages would come again ` +
        `while they are being handled. Use ${limit * VISIBILITY_FACTOR} s, six times the function's.`,
    );
  }
  if (seconds < limit * VISIBILITY_FACTOR) {
    Annotations.of(scope).addWarningV2(
      'millrace:visibility-timeout',
      `The visibility timeout (${seconds} s) is less than six times the function's timeout (${limit} s); throttled batches may come twice at once.`,
    );
  }
}

/** @throws Error when an existing queue would lose messages or deliver them twice at once */
export function checkExistingQueue(scope: Construct, queue: IQueue, timeout: Duration | undefined): void {
  // An imported queue says nothing about itself.
  if (!(queue instanceof Queue)) return;
  const refuse = (problem: string): Error => new Error(`${scope.node.path}: the queue ${queue.node.path} ${problem}`);
  const dead = queue.deadLetterQueue;
  if (!dead) throw refuse('has no dead-letter queue; what kills the function would come for ever. Give it one, kept for 14 days.');
  const visibility = numberOf(queue, 'visibilityTimeout') ?? DEFAULT_VISIBILITY_SECONDS;
  checkVisibility(scope, visibility, timeout);
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

export interface MappingChoices {
  readonly fifo: boolean;
  readonly batchSize?: number;
  readonly maxBatchingWindow?: Duration;
  readonly maxConcurrency?: number;
  readonly maxReceives: number;
}

/** @throws Error for choices that Lambda or SQS refuses at deployment, or that make no sense */
export function checkMapping(scope: Construct, choices: MappingChoices): void {
  const refuse = (problem: string): Error => new Error(`${scope.node.path}: ${problem}`);
  const { batchSize = 10, fifo, maxBatchingWindow, maxConcurrency, maxReceives } = choices;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 10_000)
    throw refuse(`batchSize is ${batchSize}; it must be 1 to 10000.`);
  if (fifo && batchSize > 10) throw refuse(`batchSize is ${batchSize}; a FIFO queue gives at most 10.`);
  if (fifo && maxBatchingWindow) throw refuse('maxBatchingWindow cannot be used with a FIFO queue.');
  if (batchSize > 10 && !(maxBatchingWindow && maxBatchingWindow.toSeconds() >= 1)) {
    throw refuse(`batchSize is ${batchSize}; above 10, Lambda wants a maxBatchingWindow of at least 1 second.`);
  }
  if (maxConcurrency !== undefined && (!Number.isInteger(maxConcurrency) || maxConcurrency < 2 || maxConcurrency > 1_000)) {
    throw refuse(`maxConcurrency is ${maxConcurrency}; it must be 2 to 1000.`);
  }
  if (!Number.isInteger(maxReceives) || maxReceives < 3 || maxReceives > 1_000) {
    throw refuse(`maxReceives is ${maxReceives}; it must be 3 to 1000, so that a throttled message is not taken for a bad one.`);
  }
}
