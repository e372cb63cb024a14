import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSaga } from '../../../lib/saga/compile.ts';
import { checkPlan, longestSaga } from '../../../lib/saga/plan.ts';
import { interpret } from './interpreter.ts';
import { type Invocation, plan, scenario, World } from './world.ts';

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
