import fc from 'fast-check';
import { expect } from 'vitest';
import type { SagaPlan, StepKind, StepPlan } from '../../../lib/saga/plan.ts';
import { TaskError } from './interpreter.ts';

/** How one try of a task goes. `lost` and `crash-after` took effect and did not say so. */
export type Try = 'done' | 'refused' | 'refused-by-error' | 'crash-before' | 'crash-after' | 'lost' | 'lost-before' | 'oversize';

export const tries: readonly Try[] = [
  'done',
  'refused',
  'refused-by-error',
  'crash-before',
  'crash-after',
  'lost',
  'lost-before',
  'oversize',
];

export function plan(kinds: readonly StepKind[], options: { retries?: number; pivotUndo?: boolean; timeouts?: boolean } = {}): SagaPlan {
  const retry = {
    retries: options.retries ?? 2,
    intervalSeconds: 1,
    backoffRate: 2,
    maxDelaySeconds: 60,
    timeouts: options.timeouts ?? false,
  };
  const steps = kinds.map((kind, index): StepPlan => {
    const name = `Step${index}`;
    const undone = kind === 'compensatable' || (kind === 'pivot' && options.pivotUndo);
    return {
      name,
      kind,
      action: { functionArn: `arn:${name}`, timeoutSeconds: 10, retry: { ...retry, timeouts: kind !== 'compensatable' || retry.timeouts } },
      ...(undone ? { compensation: { functionArn: `arn:${name}`, timeoutSeconds: 10, retry: { ...retry, timeouts: true } } } : {}),
    };
  });
  const onCompensated = { functionArn: 'arn:notify', timeoutSeconds: 10, retry: { ...retry, timeouts: true } };
  return { name: 'Bookings', partition: 'aws', steps, onCompensated, parkingTable: 'parking' };
}

export interface Invocation {
  readonly sagaId: string;
  readonly step: string;
  readonly direction: 'act' | 'compensate';
  readonly key: string;
  readonly input: unknown;
  readonly steps?: Record<string, unknown>;
  readonly failure?: { step: string; kind: string; reason: string };
}

/** The functions of the steps: effects are idempotent by key, as `sagaStep` makes them. */
export class World {
  readonly effects = new Set<string>();
  readonly compensated: string[] = [];
  readonly began: string[] = [];
  readonly parked: Record<string, { S?: string }>[] = [];
  readonly keys = new Map<string, string>();
  notified: Invocation | undefined;
  refusedStep: string | undefined;
  readonly #script: (step: string, direction: string, attempt: number) => Try;

  constructor(script: (step: string, direction: string, attempt: number) => Try) {
    this.#script = script;
  }

  readonly task = (resource: string, argument: Record<string, unknown>, attempt: number): unknown => {
    if (resource.endsWith('dynamodb:putItem')) {
      this.parked.push(argument.Item as Record<string, { S?: string }>);
      return {};
    }
    const call = argument.Payload as Invocation;
    const which = call.step === 'onCompensated' ? 'notify' : call.direction;
    const drawn = this.#script(call.step, which, attempt);
    // An action that took effect does not refuse when it is asked again: `sagaStep` replays its outcome.
    const outcome = drawn.startsWith('refused') && (which !== 'act' || this.effects.has(call.step)) ? 'done' : drawn;
    if (outcome === 'crash-before') throw new TaskError('Error', 'crashed');
    if (outcome === 'lost-before') throw new TaskError('States.Timeout');
    if (which === 'notify') {
      this.notified = call;
    } else if (call.direction === 'act') {
      if (!this.began.includes(call.step)) this.began.push(call.step);
      this.keys.set(call.step, call.key);
      if (outcome === 'refused') {
        this.refusedStep = call.step;
        return { Payload: { sagaOutcome: 'failed', reason: 'sold-out' } };
      }
      if (outcome === 'refused-by-error') {
        this.refusedStep = call.step;
        throw new TaskError('BusinessFailure', 'sold-out');
      }
      this.effects.add(call.step);
    } else {
      expect(call.key).toBe(`Bookings/execution-1/${call.step}`);
      this.effects.delete(call.step);
      if (!this.compensated.includes(call.step)) this.compensated.push(call.step);
    }
    if (outcome === 'crash-after') throw new TaskError('Lambda.Unknown', 'lost');
    if (outcome === 'lost') throw new TaskError('States.Timeout');
    if (outcome === 'oversize') throw new TaskError('States.DataLimitExceeded');
    return { Payload: { sagaOutcome: 'done', output: { by: call.step } } };
  };
}

export const shape = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.boolean(), fc.integer({ min: 0, max: 3 }))
  .filter(([before, pivot, after]) => before + (pivot ? 1 : 0) + after > 0)
  .map(([before, pivot, after]): StepKind[] => [
    ...Array.from({ length: before }, (): StepKind => 'compensatable'),
    ...(pivot ? (['pivot'] as const) : []),
    ...Array.from({ length: after }, (): StepKind => 'retriable'),
  ]);

export const scenario = fc.record({
  kinds: shape,
  retries: fc.integer({ min: 0, max: 2 }),
  pivotUndo: fc.boolean(),
  timeouts: fc.boolean(),
  // Mostly done, so that runs get far.
  script: fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant<Try>('done') }, { weight: 2, arbitrary: fc.constantFrom(...tries) }), {
    minLength: 1,
    maxLength: 40,
  }),
});
