/** What a step is to its saga. @see https://microservices.io/patterns/data/saga.html */
export type StepKind = 'compensatable' | 'pivot' | 'retriable';

/** How often and how patiently a task is tried again. Times in seconds. */
export interface RetryPlan {
  /** Tries after the first one. */
  readonly retries: number;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  /** Whether a try that ran out of time is repeated. A step killed by its timeout may have taken effect. */
  readonly timeouts: boolean;
}

/** One call of a function, with its bounds. */
export interface TaskPlan {
  readonly functionArn: string;
  readonly timeoutSeconds: number;
  readonly retry: RetryPlan;
}

/** A step as data: all that the compiler needs, with no CDK in it. */
export interface StepPlan {
  readonly name: string;
  readonly kind: StepKind;
  readonly action: TaskPlan;
  /** What takes the action back. @default the step cannot be taken back */
  readonly compensation?: TaskPlan;
}

/** A saga as data. */
export interface SagaPlan {
  /** Names the saga in idempotency keys, logs and the parking table. */
  readonly name: string;
  /** First part of the ARNs of AWS's own integrations: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly steps: readonly StepPlan[];
  /** Told the reason once everything is compensated. @default nobody */
  readonly onCompensated?: TaskPlan;
  /** Name of the table in which a saga that cannot go on is parked. */
  readonly parkingTable: string;
}

/** Something about a saga's definition that cannot work, in words. */
export type PlanProblem = string;

/** Names of the states that every saga has beside those of its steps. */
export const STATES = {
  begin: 'Begin',
  notify: 'Notify compensated',
  park: 'Park',
  parked: 'Parked',
  completed: 'Completed',
  compensated: 'Compensated',
} as const;

export const outcomeState = (step: string): string => `${step} outcome`;
export const undoState = (step: string): string => `Undo ${step}`;

const STEP_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,59}$/;

/** Everything wrong with a saga's definition; empty when it can be compiled. */
export function checkPlan(plan: SagaPlan): PlanProblem[] {
  const problems: PlanProblem[] = [];
  if (plan.steps.length === 0) problems.push('A saga needs at least one step.');
  const seen = new Set<string>();
  let stage: StepKind = 'compensatable';
  for (const step of plan.steps) {
    if (!STEP_NAME.test(step.name)) {
      problems.push(`Step name '${step.name}' must be 1 to 60 letters, digits, '-' or '_', and begin with a letter.`);
    }
    if (seen.has(step.name)) problems.push(`Step '${step.name}' occurs twice; the name is part of the idempotency key.`);
    seen.add(step.name);
    if (Object.values(STATES).includes(step.name as (typeof STATES)['begin'])) {
      problems.push(`Step name '${step.name}' is taken by a state of the saga itself.`);
    }
    problems.push(...orderProblems(step, stage), ...taskProblems(step));
    stage = stage === 'compensatable' ? step.kind : 'retriable';
  }
  return problems;
}

function orderProblems(step: StepPlan, stage: StepKind): PlanProblem[] {
  if (step.kind === 'compensatable' && !step.compensation) return [`Compensatable step '${step.name}' has no compensation.`];
  if (step.kind === 'retriable' && step.compensation) {
    return [`Step '${step.name}' is retriable: it is never taken back, so its compensation would never run.`];
  }
  if (stage === 'compensatable') return [];
  if (step.kind === 'compensatable') {
    return [`Compensatable step '${step.name}' comes after the point of no return; move it before the pivot or make it retriable.`];
  }
  if (step.kind === 'pivot') return [`Step '${step.name}' is a second pivot, or comes after a retriable step; a saga has at most one.`];
  return [];
}

function taskProblems(step: StepPlan): PlanProblem[] {
  return [step.action, ...(step.compensation ? [step.compensation] : [])].flatMap((task) => {
    const problems: PlanProblem[] = [];
    if (!(task.timeoutSeconds >= 1)) problems.push(`Step '${step.name}': the timeout must be at least 1 second.`);
    if (!(task.retry.retries >= 0)) problems.push(`Step '${step.name}': the number of retries must be 0 or more.`);
    if (!(task.retry.backoffRate >= 1)) problems.push(`Step '${step.name}': the backoff rate must be 1 or more.`);
    return problems;
  });
}

/** The longest a task can take with all its tries, in seconds. */
export function longestTask(task: TaskPlan): number {
  let total = task.timeoutSeconds;
  let delay = task.retry.intervalSeconds;
  for (let retry = 0; retry < task.retry.retries; retry += 1) {
    total += Math.min(delay, task.retry.maxDelaySeconds) + task.timeoutSeconds;
    delay *= task.retry.backoffRate;
  }
  return total;
}

/**
 * The longest a saga can run, in seconds: every step forward, or forward to the last step that can still be taken back, and back again.
 * An execution older than this is stuck.
 */
export function longestSaga(plan: SagaPlan): number {
  const forward = plan.steps.map((step) => longestTask(step.action));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const lastTurn = plan.steps.findLastIndex((step) => step.kind !== 'retriable');
  const back = plan.steps.map((step) => (step.compensation ? longestTask(step.compensation) : 0));
  const notify = plan.onCompensated ? longestTask(plan.onCompensated) : 0;
  return Math.ceil(Math.max(sum(forward), sum(forward.slice(0, lastTurn + 1)) + sum(back.slice(0, lastTurn + 1)) + notify));
}
