import { invocation, mergeFailure, mergeParked, mergeResult, PARKED_CAUSE, PARKED_OUTPUT, parkingItem } from './expressions.ts';
import { outcomeState, type RetryPlan, type SagaPlan, STATES, type StepPlan, type TaskPlan, undoState } from './plan.ts';

/** An Amazon States Language state machine in JSONata. */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly States: Readonly<Record<string, object>>;
}

/** Error names by which a function that is not written with `sagaStep` says "no" for good. */
export const BUSINESS_ERRORS = ['BusinessFailure'] as const;
/** A function that Lambda killed, or whose answer was lost: nobody knows whether it took effect. */
const LOST_ANSWERS = ['States.Timeout', 'Sandbox.Timedout', 'Lambda.Unknown'] as const;
/** Not matched by States.ALL: the result was too large, the effect happened. */
const OVERSIZE = 'States.DataLimitExceeded';

/**
 * Compiles a saga to Amazon States Language (JSONata).
 *
 * The state's data is the execution's input, grown by `steps` (results by step name), `failure` (why it turned back), `undone`
 * and `parked`. Each action is followed by a choice on its outcome, so that a refusal is a path and not an error.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function compileSaga(plan: SagaPlan): StateMachineDefinition {
  const states: Record<string, object> = { [STATES.begin]: begin(plan) };
  plan.steps.forEach((step, index) => {
    Object.assign(states, forward(plan, step, index), backward(plan, step, index));
  });
  if (plan.onCompensated) states[STATES.notify] = notify(plan, plan.onCompensated);
  Object.assign(states, endings(plan));
  return { Comment: `Saga ${plan.name}`, QueryLanguage: 'JSONata', StartAt: STATES.begin, States: states };
}

/** Where a released saga goes on; everything else starts at the first step. */
function begin(plan: SagaPlan): object {
  const places = [
    ...plan.steps.map((step) => step.name),
    ...plan.steps.filter((step) => step.compensation).map((step) => undoState(step.name)),
    ...(plan.onCompensated ? [STATES.notify] : []),
  ];
  return {
    Type: 'Choice',
    Choices: places.map((name) => ({ Condition: `{% $states.input.resumeAt = '${name}' %}`, Next: name })),
    Default: plan.steps[0]?.name ?? STATES.completed,
  };
}

function forward(plan: SagaPlan, step: StepPlan, index: number): Record<string, object> {
  const next = plan.steps[index + 1]?.name ?? STATES.completed;
  const back = undoBefore(plan, index);
  const ambiguous = step.compensation ? undoState(step.name) : STATES.park;
  const refused = step.kind === 'retriable' ? STATES.park : back;
  const uncertain = (errors: readonly string[]): object =>
    ambiguous === STATES.park
      ? { ErrorEquals: errors, Output: mergeParked(step.name), Next: STATES.park }
      : { ErrorEquals: errors, Output: mergeFailure(step.name, 'ambiguous'), Next: ambiguous };
  const refusal =
    refused === STATES.park
      ? { ErrorEquals: BUSINESS_ERRORS, Output: mergeParked(step.name), Next: STATES.park }
      : { ErrorEquals: BUSINESS_ERRORS, Output: mergeFailure(step.name, 'business'), Next: refused };
  return {
    [step.name]: {
      ...task(step.action, plan.partition, invocation(plan.name, step.name, step.kind, 'act')),
      Output: mergeResult(step.name, step.kind),
      Catch: [refusal, uncertain([OVERSIZE]), uncertain(['States.ALL'])],
      Next: outcomeState(step.name),
    },
    [outcomeState(step.name)]: {
      Type: 'Choice',
      Choices: [
        step.kind === 'retriable'
          ? { Condition: '{% $exists($states.input.parked) %}', Next: STATES.park }
          : { Condition: '{% $exists($states.input.failure) %}', Next: back },
      ],
      Default: next,
    },
  };
}

function backward(plan: SagaPlan, step: StepPlan, index: number): Record<string, object> {
  if (!step.compensation) return {};
  const name = undoState(step.name);
  return {
    [name]: {
      ...task(step.compensation, plan.partition, invocation(plan.name, step.name, step.kind, 'compensate')),
      Output: `{% $merge([$states.input, {'undone': $merge([$states.input.undone, {'${step.name}': true}])}]) %}`,
      Catch: parkOn(name),
      Next: undoBefore(plan, index),
    },
  };
}

function notify(plan: SagaPlan, target: TaskPlan): object {
  return {
    ...task(target, plan.partition, invocation(plan.name, 'onCompensated', 'notification', 'act')),
    Output: '{% $states.input %}',
    Catch: parkOn(STATES.notify),
    Next: STATES.compensated,
  };
}

function endings(plan: SagaPlan): Record<string, object> {
  return {
    [STATES.park]: {
      Type: 'Task',
      Resource: `arn:${plan.partition}:states:::dynamodb:putItem`,
      Arguments: { TableName: plan.parkingTable, Item: parkingItem(plan.name) },
      Retry: [
        { ErrorEquals: ['States.ALL'], MaxAttempts: 10, IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 60, JitterStrategy: 'FULL' },
      ],
      Output: PARKED_OUTPUT,
      Next: STATES.parked,
    },
    [STATES.parked]: { Type: 'Fail', Error: 'Saga.Parked', Cause: PARKED_CAUSE },
    [STATES.completed]: { Type: 'Succeed', Output: `{% {'status': 'completed', 'steps': $states.input.steps} %}` },
    [STATES.compensated]: {
      Type: 'Succeed',
      Output: `{% {'status': 'compensated', 'failure': $states.input.failure, 'undone': $states.input.undone} %}`,
    },
  };
}

/** The next compensation on the way back from step `index`, itself left out. */
function undoBefore(plan: SagaPlan, index: number): string {
  const previous = plan.steps.slice(0, index).findLast((step) => step.compensation);
  if (previous) return undoState(previous.name);
  return plan.onCompensated ? STATES.notify : STATES.compensated;
}

function parkOn(at: string): object[] {
  return [[OVERSIZE], ['States.ALL']].map((errors) => ({ ErrorEquals: errors, Output: mergeParked(at), Next: STATES.park }));
}

function task(plan: TaskPlan, partition: string, payload: string): object {
  return {
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Arguments: { FunctionName: plan.functionArn, Payload: payload },
    TimeoutSeconds: plan.timeoutSeconds,
    Retry: retriers(plan.retry),
  };
}

function retriers(retry: RetryPlan): object[] {
  const backoff = {
    MaxAttempts: retry.retries,
    IntervalSeconds: retry.intervalSeconds,
    BackoffRate: retry.backoffRate,
    MaxDelaySeconds: retry.maxDelaySeconds,
    JitterStrategy: 'FULL',
  };
  const never = (errors: readonly string[]): object => ({ ErrorEquals: errors, MaxAttempts: 0 });
  // Retriers are tried in order and the first match decides, so what must not be retried comes first.
  return [
    never(BUSINESS_ERRORS),
    ...(retry.timeouts ? [] : [never(LOST_ANSWERS)]),
    ...(retry.retries > 0 ? [{ ErrorEquals: ['States.ALL'], ...backoff }] : []),
  ];
}
