import { Annotations, Duration } from 'aws-cdk-lib';
import { CfnFunction, type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** AWS advises six times the function's timeout, so that a batch that is throttled or retried does not come twice at once. */
const VISIBILITY_FACTOR = 6;
const DEFAULT_LAMBDA_TIMEOUT = Duration.seconds(3);

/** Timeout of a function, or undefined when it is imported. */
export function functionTimeout(fn: IFunction): Duration | undefined {
  return fn instanceof LambdaFunction ? (fn.timeout ?? DEFAULT_LAMBDA_TIMEOUT) : undefined;
}

/** Concurrency that is reserved for a function, as far as it is known. */
export function reservedConcurrency(fn: IFunction): number | undefined {
  const { defaultChild } = fn.node;
  return defaultChild instanceof CfnFunction ? defaultChild.reservedConcurrentExecutions : undefined;
}

/** How long a message may be with a function. */
export interface HandlingTime {
  /** @default the function is imported */
  readonly timeout: Duration | undefined;
  /** How long a batch may fill: its first message is hidden from then on. */
  readonly window: Duration | undefined;
}

/** @throws Error when messages would come again while they are being handled */
export function visibilityFor(scope: Construct, time: HandlingTime, wanted: Duration | undefined): Duration {
  if (wanted === undefined) return Duration.seconds(Math.min(43_200, advised(time)));
  checkVisibility(scope, wanted.toSeconds(), time);
  return wanted;
}

/** @throws Error when messages would come again while they are being handled */
export function checkVisibility(scope: Construct, seconds: number, time: HandlingTime): void {
  if (time.timeout === undefined) return;
  const timeout = time.timeout.toSeconds();
  const window = time.window?.toSeconds() ?? 0;
  const spans = `the function's timeout (${timeout} s)${window === 0 ? '' : ` and the batching window (${window} s)`}`;
  if (seconds < timeout + window) {
    throw new Error(
      `${scope.node.path}: the visibility timeout (${seconds} s) is shorter than ${spans}, so messages would come again while they are being ` +
        `handled. Use ${advised(time)} s: six times the function's${window === 0 ? '' : ', and the window'}.`,
    );
  }
  if (seconds < advised(time)) {
    Annotations.of(scope).addWarningV2(
      'millrace:visibility-timeout',
      `The visibility timeout (${seconds} s) is less than six times ${spans}; throttled batches may come twice at once.`,
    );
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
function advised({ timeout, window }: HandlingTime): number {
  return (timeout ?? Duration.minutes(1)).toSeconds() * VISIBILITY_FACTOR + (window?.toSeconds() ?? 0);
}

export interface MappingChoices {
  readonly fifo: boolean;
  readonly batchSize?: number;
  readonly maxBatchingWindow?: Duration;
  readonly maxConcurrency?: number;
  readonly maxReceives: number;
  /** Of the function. @default none */
  readonly reservedConcurrency?: number | undefined;
}

/** @throws Error for choices that Lambda or SQS refuses at deployment, or that make no sense */
export function checkMapping(scope: Construct, choices: MappingChoices): void {
  const refuse = (problem: string): Error => new Error(`${scope.node.path}: ${problem}`);
  const { batchSize = 10, fifo, maxBatchingWindow, maxConcurrency, maxReceives, reservedConcurrency = 0 } = choices;
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
  // None at all is how a function is stopped.
  if (maxConcurrency !== undefined && reservedConcurrency > 0 && maxConcurrency > reservedConcurrency) {
    throw refuse(
      `maxConcurrency is ${maxConcurrency}, and its function may run ${reservedConcurrency} times at once (reservedConcurrentExecutions): what is ` +
        'throttled counts as received, and goes to the dead-letter queue unseen. Let the function run as often.',
    );
  }
  if (!Number.isInteger(maxReceives) || maxReceives < 3 || maxReceives > 1_000) {
    throw refuse(`maxReceives is ${maxReceives}; it must be 3 to 1000, so that a throttled message is not taken for a bad one.`);
  }
}
