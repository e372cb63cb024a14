import { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * How a new version of a function takes over.
 *
 * - `all-at-once`: with the end of the deployment.
 * - `canary`: a tenth of the invocations for five minutes, then all.
 * - `linear`: a tenth more each minute.
 *
 * Gradual ones are rolled back by alarms; see {@link GradualDeployment} for other shares and alarms.
 */
export type Deployment = 'all-at-once' | 'canary' | 'linear' | GradualDeployment;

/** A new version takes over little by little, and gives back at once when an alarm is raised. */
export interface GradualDeployment {
  /** `canary`: `percent` first, all others after `interval`. `linear`: `percent` more after each `interval`. */
  readonly kind: 'canary' | 'linear';
  /** Share of the invocations, 1 to 99. @default 10 */
  readonly percent?: number;
  /** Whole minutes. @default canary: 5 minutes; linear: 1 minute */
  readonly interval?: Duration;
  /**
   * Failures in one minute, of both versions together, from which the new one is taken back; `false`: never. Failed invocations count, and apart
   * from them what a handler of the runtime catches: requests answered with a fault, messages given back or set aside. A handler that is written
   * without the runtime and catches its errors is not seen to fail: give `alarms`. CodeDeploy also stops a deployment that begins while they are
   * raised: what repairs a version that fails is deployed with `false`, or all at once.
   * @default 1
   */
  readonly errors?: number | false;
  /** What else takes it back: latency, business metrics. @default nothing */
  readonly alarms?: readonly IAlarm[];
}

/** A gradual deployment with everything filled in. */
export interface Shift {
  readonly kind: 'canary' | 'linear';
  readonly percent: number;
  readonly minutes: number;
}

/**
 * The gradual deployment that is meant, or undefined when it is all at once.
 * @throws Error for a share or interval that CodeDeploy refuses at deployment
 */
export function gradual(path: string, deployment: Deployment): GradualDeployment | undefined {
  if (deployment === 'all-at-once') return undefined;
  const wanted: GradualDeployment = typeof deployment === 'string' ? { kind: deployment } : deployment;
  const { percent, minutes } = shiftOf(wanted);
  if (!Number.isInteger(percent) || percent < 1 || percent > 99) {
    throw new Error(`${path}: a deployment moves ${percent} percent at a time; it must be an integer from 1 to 99.`);
  }
  if (!Number.isInteger(minutes) || minutes < 1) {
    throw new Error(`${path}: a deployment waits for ${minutes} minutes; it must be whole minutes, at least one.`);
  }
  const total = wanted.kind === 'canary' ? minutes : minutes * (Math.ceil(100 / percent) - 1);
  if (total > MOST_MINUTES) {
    throw new Error(
      `${path}: a deployment would take ${total} minutes; CodeDeploy ends it after ${MOST_MINUTES}. Move more at a time, or sooner.`,
    );
  }
  return wanted;
}

export function shiftOf(wanted: GradualDeployment): Shift {
  const interval = wanted.interval ?? Duration.minutes(wanted.kind === 'canary' ? 5 : 1);
  return { kind: wanted.kind, percent: wanted.percent ?? 10, minutes: interval.toMinutes({ integral: false }) };
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
const MOST_MINUTES = 2_880;
