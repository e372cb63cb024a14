import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSaga } from '../../../lib/saga/compile.ts';
import { AwsError } from '../../../local/kernel/index.ts';
import { Harness } from '../../local/stepfunctions/harness.ts';
import { interpret, TaskError } from './interpreter.ts';
import { plan, scenario, type Try, World } from './world.ts';

/** Functions and the parking table of a world, as services of the local cloud. What is lost never answers, so that time runs out. */
function serve(harness: Harness, world: World): void {
  harness.stub('lambda', {
    Invoke: (input) => {
      const Payload: unknown = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString());
      const attempt = (Payload as { attempt: number }).attempt;
      try {
        const result = world.task('lambda:invoke', { Payload }, attempt) as { Payload: unknown };
        return { StatusCode: 200, Payload: Buffer.from(JSON.stringify(result.Payload)) };
      } catch (error) {
        if (!(error instanceof TaskError)) throw error;
        if (error.error === 'States.Timeout') return new Promise(() => {});
        const failure = { errorType: error.error, errorMessage: error.message };
        return { StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from(JSON.stringify(failure)) };
      }
    },
  });
  harness.stub('dynamodb', {
    PutItem: (input) => {
      world.task('dynamodb:putItem', input, 0);
      return {};
    },
  });
}

/** The tries of `script`, but for what this way of running cannot produce. */
const reproducible = (script: readonly Try[]) => {
  let turn = 0;
  return (): Try => {
    const drawn = script[turn++ % script.length] ?? 'done';
    return drawn === 'oversize' ? 'crash-after' : drawn;
  };
};

describe('a compiled saga on Step Functions', () => {
  it('goes the way that the language prescribes', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ kinds, script, ...options }) => {
        const definition = compileSaga(plan(kinds, options));
        const input = { data: { seats: 2 } };
        const world = new World(reproducible(script));
        const expected = await interpret(definition, input, world.task);

        const harness = new Harness();
        const served = new World(reproducible(script));
        serve(harness, served);
        const arn = harness.start(harness.create(definition), input, 'execution-1');
        await harness.kernel.settle();
        const ran = harness.ran(arn);

        const entered = harness.history(arn).flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
        expect(entered).toEqual(expected.path);
        expect(ran.status).toBe(expected.status);
        if (expected.status === 'SUCCEEDED') expect(ran.output).toMatchObject(withoutCauses(expected.output));
        else expect([ran.error, ran.cause]).toEqual([expected.error, expected.cause]);
        expect([...served.effects]).toEqual([...world.effects]);
        expect(served.compensated).toEqual(world.compensated);
        expect(served.parked.map(({ resumeAt }) => resumeAt)).toEqual(world.parked.map(({ resumeAt }) => resumeAt));
      }),
      { numRuns: 60 },
    );
  });

  it('resumes from what it parked', async () => {
    const definition = compileSaga(plan(['compensatable', 'retriable'], { retries: 0 }));
    const harness = new Harness();
    const world = new World((step) => (step === 'Step1' ? 'crash-before' : 'done'));
    serve(harness, world);
    const machine = harness.create(definition);
    harness.start(machine, { data: {} }, 'b-1');
    await harness.kernel.settle();
    const payload = world.parked[0]?.payload?.S ?? '';
    const healed = new World(() => 'done');
    serve(harness, healed);
    const ran = harness.start(machine, payload, 'b-1.1');
    await harness.kernel.settle();
    expect(harness.describe(ran).status).toBe('SUCCEEDED');
    expect(healed.keys.get('Step1')).toBe('Bookings/b-1/Step1');
    expect(healed.began).toEqual(['Step1']);
  });

  it('tries again when the parking table is throttled', async () => {
    const harness = new Harness();
    const world = new World(() => 'crash-before');
    serve(harness, world);
    let calls = 0;
    harness.stub('dynamodb', {
      PutItem: (input) => {
        calls += 1;
        if (calls < 3) throw new AwsError('ProvisionedThroughputExceededException', 'slow down');
        return world.task('dynamodb:putItem', input, 0) as object;
      },
    });
    const ran = await harness.run(compileSaga(plan(['retriable'], { retries: 1 })), { data: {} });
    expect(ran.error).toBe('Saga.Parked');
    expect(world.parked).toHaveLength(1);
  });
});

/** The text of a failure is the engine's own. */
function withoutCauses(output: unknown): object {
  return JSON.parse(JSON.stringify(output, (key, value) => (key === 'cause' || key === 'causes' ? undefined : value)));
}
