import { STATES, type StepKind } from './plan.ts';

/*
 * The JSONata of a saga. Objects are built in one expression each: a member whose value is undefined is then left out,
 * while a template member that evaluates to undefined fails the state.
 */

/** A released saga runs as another execution; its id, and so its idempotency keys, stay. */
const SAGA_ID = `($exists($states.input.sagaId) ? $states.input.sagaId : $states.context.Execution.Name)`;

/** What a step's function receives; the type is `SagaInvocation` of the runtime. */
export function invocation(saga: string, step: string, kind: StepKind | 'notification', direction: 'act' | 'compensate'): string {
  return expression(`{
    'saga': '${saga}', 'sagaId': ${SAGA_ID}, 'step': '${step}', 'kind': '${kind}', 'direction': '${direction}',
    'key': '${saga}/' & ${SAGA_ID} & '/${step}',
    'attempt': $states.context.State.RetryCount,
    'input': $states.input.data, 'steps': $states.input.steps, 'failure': $states.input.failure,
    'correlationid': $states.input.correlationid, 'causationid': $states.input.causationid,
    'traceparent': $states.input.traceparent
  }`);
}

/** Keeps the step's result under its name; a refusal becomes the saga's failure (of a retriable step: parks it). */
export function mergeResult(step: string, kind: StepKind): string {
  const refusal =
    kind === 'retriable'
      ? `'parked': {'at': '${step}', 'error': 'Saga.RefusedByRetriable', 'cause': $r.reason}`
      : `'failure': {'step': '${step}', 'kind': 'business', 'reason': $r.reason, 'detail': $r.detail}`;
  return expression(`(
    $r := $states.result.Payload;
    $r.sagaOutcome = 'failed'
      ? $merge([$states.input, {${refusal}}])
      : $merge([$states.input, {'steps': $merge([$states.input.steps, {
          '${step}': $exists($r.sagaOutcome) ? ($exists($r.output) ? $r.output : null) : $r
        }])}])
  )`);
}

/** In a catcher: why the saga turns back. */
export function mergeFailure(step: string, kind: 'business' | 'ambiguous'): string {
  return expression(`$merge([$states.input, {'failure': {
    'step': '${step}', 'kind': '${kind}', 'reason': $states.errorOutput.Error,
    'error': $states.errorOutput.Error, 'cause': $states.errorOutput.Cause
  }}])`);
}

/** In a catcher: where and why the saga can go neither on nor back. */
export function mergeParked(at: string): string {
  return expression(`$merge([$states.input, {'parked': {
    'at': '${at}', 'error': $states.errorOutput.Error, 'cause': $states.errorOutput.Cause
  }}])`);
}

/** The item of the parking table: everything needed to look into it, and to resume it as a new execution. */
export function parkingItem(saga: string): object {
  const text = (value: string): object => ({ S: expression(value) });
  return {
    pk: { S: `saga#${saga}` },
    sk: text(SAGA_ID),
    kind: { S: 'saga' },
    reason: text(`$exists($states.input.parked.error) ? $states.input.parked.error : 'unknown'`),
    detail: text(`$exists($states.input.parked.cause) ? $string($states.input.parked.cause) : ''`),
    resumeAt: text('$states.input.parked.at'),
    execution: text('$states.context.Execution.Id'),
    parkedAt: { N: expression('$string($millis())') },
    // What a new execution needs as its input, to go on where this one stopped.
    payload: text(
      `$string($merge([$sift($states.input, function($v, $k) { $k != 'parked' }), {'sagaId': ${SAGA_ID}, 'resumeAt': $states.input.parked.at}]))`,
    ),
  };
}

export const PARKED_OUTPUT = '{% $states.input %}';
export const PARKED_CAUSE = expression(
  `'${STATES.parked} at ' & $states.input.parked.at & ': ' & ($exists($states.input.parked.error) ? $states.input.parked.error : 'unknown error')`,
);

function expression(jsonata: string): string {
  return `{% ${jsonata.replace(/\s+/g, ' ').trim()} %}`;
}
