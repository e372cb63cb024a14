import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSaga } from '../../../lib/saga/compile.ts';
import { checkPlan, longestSaga, type SagaPlan, type StepKind, type StepPlan } from '../../../lib/saga/plan.ts';
import { interpret, TaskError } from './interpreter.ts';

/** How one try of a task goes. `lost` and `crash-after` took effect and did not say so. */
type Try = 'done' | 'refused' | 'refused-by-error' | 'crash-before' | 'crash-after' | 'lost' | 'lost-before' | 'oversize';

const tries: readonly Try[] = ['done', 'refused', 'refused-by-error', 'crash-before', 'crash-after', 'lost', 'lost-before', 'oversize'];

function plan(kinds: readonly StepKind[], options: { retries?: number; pivotUndo?: boolean; timeouts?: boolean } = {}): SagaPlan {
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
  return { name: 'Bookings', steps, onCompensated, parkingTable: 'parking' };
}

interface Invocation {
  readonly sagaId: string;
  readonly step: string;
  readonly direction: 'act' | 'compensate';
  readonly key: string;
  readonly input: unknown;
  readonly steps?: Record<string, unknown>;
  readonly failure?: { step: string; kind: string; reason: string };
}

/** The functions of the steps: effects are idempotent by key, as `sagaStep` makes them. */
class World {
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

const shape = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.boolean(), fc.integer({ min: 0, max: 3 }))
  .filter(([before, pivot, after]) => before + (pivot ? 1 : 0) + after > 0)
  .map(([before, pivot, after]): StepKind[] => [
    ...Array.from({ length: before }, (): StepKind => 'compensatable'),
    ...(pivot ? (['pivot'] as const) : []),
    ...Array.from({ length: after }, (): StepKind => 'retriable'),
  ]);

const scenario = fc.record({
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

describe('a compiled saga', () => {
  it('ends Completed, Compensated or Parked, whatever each try of each step does', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ kinds, script, ...options }) => {
        const saga = plan(kinds, options);
        let turn = 0;
        const world = new World(() => script[turn++ % script.length] ?? 'done');
        const run = await interpret(compileSaga(saga), { data: { seats: 2 } }, world.task);

        const undoable = saga.steps.filter((step) => step.compensation).map((step) => step.name);
        if (run.last === 'Completed') {
          expect([...world.effects].sort()).toEqual(saga.steps.map((step) => step.name).sort());
          expect(world.compensated).toEqual([]);
          expect(run.output).toEqual({
            status: 'completed',
            steps: Object.fromEntries(saga.steps.map((step) => [step.name, { by: step.name }])),
          });
        } else if (run.last === 'Compensated') {
          expect([...world.effects]).toEqual([]);
          // In exact reverse order, beginning with the step whose outcome is unknown.
          const failure = world.notified?.failure;
          const from = undoable.filter((name) => {
            const index = saga.steps.findIndex((step) => step.name === name);
            const failedAt = saga.steps.findIndex((step) => step.name === failure?.step);
            return failure?.kind === 'ambiguous' ? index <= failedAt : index < failedAt;
          });
          expect(world.compensated).toEqual(from.reverse());
          expect(failure?.reason).toBeDefined();
          expect(run.output).toMatchObject({ status: 'compensated', failure: { step: failure?.step, kind: failure?.kind } });
        } else {
          expect(run).toMatchObject({ last: 'Parked', status: 'FAILED', error: 'Saga.Parked' });
          expect(world.parked).toHaveLength(1);
          const item = world.parked[0] ?? {};
          expect(item.sk?.S).toBe('execution-1');
          const stopped = item.resumeAt?.S ?? '';
          const step = saga.steps.find((candidate) => candidate.name === stopped);
          // Parked only where there is no way on and none back.
          if (step) expect(step.compensation).toBeUndefined();
          else expect(stopped).toMatch(/^Undo |^Notify/);
          expect(JSON.parse(item.payload?.S ?? '')).toMatchObject({ sagaId: 'execution-1', resumeAt: stopped, data: { seats: 2 } });
        }
        for (const [step, key] of world.keys) expect(key).toBe(`Bookings/execution-1/${step}`);
      }),
      { numRuns: 400 },
    );
  });

  it('goes on where it was parked, under the same keys, when its parking item is released as a new execution', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ kinds, script, ...options }) => {
        const saga = compileSaga(plan(kinds, options));
        let turn = 0;
        const world = new World(() => script[turn++ % script.length] ?? 'done');
        const run = await interpret(saga, { data: {} }, world.task);
        fc.pre(run.last === 'Parked');
        const healed = new World(() => 'done');
        for (const effect of world.effects) healed.effects.add(effect);
        const input = JSON.parse(world.parked[0]?.payload?.S ?? '');
        const resumed = await interpret(saga, input, healed.task, 'execution-1.1');
        if (resumed.last === 'Completed') expect(healed.effects.size).toBe(kinds.length);
        else {
          expect(resumed.last).toBe('Compensated');
          expect([...healed.effects]).toEqual([]);
          expect(healed.notified?.failure?.reason).toBeDefined();
        }
        for (const key of healed.keys.values()) expect(key.startsWith('Bookings/execution-1/')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('gives every step the results of those before it, whatever their shape', async () => {
    const saga = compileSaga(plan(['compensatable', 'compensatable', 'pivot', 'retriable']));
    const results: unknown[] = [[1], null, 'text', { a: [] }];
    let last: Invocation | undefined;
    let turn = 0;
    const run = await interpret(saga, { data: {} }, (_resource, argument) => {
      last = argument.Payload as Invocation;
      const output = results[turn++];
      return { Payload: turn % 2 ? { sagaOutcome: 'done', output } : output };
    });
    expect(last?.steps).toEqual({ Step0: [1], Step1: null, Step2: 'text' });
    expect(run.output).toEqual({ status: 'completed', steps: { Step0: [1], Step1: null, Step2: 'text', Step3: { a: [] } } });
  });

  it('takes the ambiguous step back first, and repeats a timeout only where that was asked for', async () => {
    const world = new World((step, direction) => (step === 'Step1' && direction === 'act' ? 'lost' : 'done'));
    const run = await interpret(compileSaga(plan(['compensatable', 'compensatable', 'pivot'])), { data: {} }, world.task);
    expect(run.path.filter((state) => state.startsWith('Undo'))).toEqual(['Undo Step1', 'Undo Step0']);
    let attempts = 0;
    const patient = new World((step, direction) => {
      if (step !== 'Step1' || direction !== 'act') return 'done';
      attempts += 1;
      return attempts < 3 ? 'lost' : 'done';
    });
    const again = await interpret(
      compileSaga(plan(['compensatable', 'compensatable', 'pivot'], { timeouts: true })),
      { data: {} },
      patient.task,
    );
    expect(again.last).toBe('Completed');
    expect(attempts).toBe(3);
  });
});

describe('the definition of a saga', () => {
  it('is refused when a guarantee could not hold', () => {
    expect(checkPlan(plan(['compensatable', 'pivot', 'retriable']))).toEqual([]);
    expect(checkPlan(plan([]))[0]).toMatch(/at least one step/);
    expect(checkPlan(plan(['pivot', 'compensatable']))[0]).toMatch(/after the point of no return/);
    expect(checkPlan(plan(['pivot', 'pivot']))[0]).toMatch(/second pivot/);
    expect(checkPlan(plan(['retriable', 'pivot']))[0]).toMatch(/second pivot|after a retriable/);
    const [first] = plan(['compensatable']).steps;
    if (!first) throw new Error('no step');
    expect(checkPlan({ ...plan(['compensatable']), steps: [first, first] })[0]).toMatch(/occurs twice/);
    expect(checkPlan({ ...plan([]), steps: [{ ...first, name: "x' & $eval('" }] })[0]).toMatch(/Step name/);
    expect(checkPlan({ ...plan([]), steps: [{ ...first, name: 'Park' }] })[0]).toMatch(/taken by a state/);
    const { compensation: _, ...bare } = first;
    expect(checkPlan({ ...plan([]), steps: [bare] })[0]).toMatch(/no compensation/);
  });

  it('knows how long a saga can take', () => {
    const saga = plan(['compensatable', 'pivot'], { retries: 1 });
    // One retry each: 10 s, 1 s pause, 10 s. Forward twice, back once, told once.
    expect(longestSaga(saga)).toBe(4 * 21);
  });
});
