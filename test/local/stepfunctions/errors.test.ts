import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import { Harness } from './harness.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:work';

class Declined extends Error {
  override name = 'Declined';
}

function task(extra: object): object {
  return { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: FUNCTION, End: true, ...extra } } };
}

/** A function that throws the given errors, then answers 'done'. */
function failing(...errors: readonly Error[]): { handler: () => string; calls: () => number } {
  let calls = 0;
  return {
    calls: () => calls,
    handler: () => {
      const error = errors[calls];
      calls += 1;
      if (error) throw error;
      return 'done';
    },
  };
}

describe('Retry', () => {
  test('waits longer each time, up to the maximum delay', async () => {
    const work = failing(new Declined('1'), new Declined('2'), new Declined('3'), new Declined('4'));
    const harness = new Harness().functions({ work: work.handler });
    const retry = [{ ErrorEquals: ['Declined'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 10 }];
    const ran = await harness.run(task({ Retry: retry }));
    expect(ran.status).toBe('SUCCEEDED');
    const times = harness.calls.map((call) => call.at);
    expect(times.slice(1).map((at, index) => at - (times[index] ?? 0))).toEqual([2000, 6000, 10_000, 10_000]);
    expect(ran.types.filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(4);
    expect(ran.types.filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
  });

  test('full jitter draws from the cloud’s seed', async () => {
    const delays = async (seed: number): Promise<number[]> => {
      const work = failing(new Declined('1'), new Declined('2'));
      const harness = new Harness({ seed }).functions({ work: work.handler });
      await harness.run(task({ Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, JitterStrategy: 'FULL' }] }));
      return harness.calls.map((call) => call.at);
    };
    const [first, again, other] = [await delays(1), await delays(1), await delays(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect((first[1] ?? 0) - (first[0] ?? 0)).toBeLessThan(100_000);
  });

  test('each retrier counts its own attempts; the last failure ends the execution', async () => {
    const work = failing(new Declined('a'), new TypeError('b'), new Declined('c'), new Declined('d'));
    const harness = new Harness().functions({ work: work.handler });
    const retry = [
      { ErrorEquals: ['Declined'], MaxAttempts: 2 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 1 },
    ];
    const ran = await harness.run(task({ Retry: retry }));
    expect(work.calls()).toBe(4);
    expect(ran).toMatchObject({ status: 'FAILED', error: 'Declined', cause: JSON.stringify({ errorType: 'Declined', errorMessage: 'd' }) });
  });

  test('MaxAttempts 0 keeps an error from the retriers after it', async () => {
    const work = failing(new Declined('a'));
    const harness = new Harness().functions({ work: work.handler });
    const ran = await harness.run(task({ Retry: [{ ErrorEquals: ['Declined'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }] }));
    expect(work.calls()).toBe(1);
    expect(ran.error).toBe('Declined');
  });

  test('the retry count is in the context object', async () => {
    const seen: unknown[] = [];
    const work = failing(new Declined('a'), new Declined('b'));
    const harness = new Harness().functions({
      work: (event) => {
        seen.push(event);
        return work.handler();
      },
    });
    await harness.run(task({ Parameters: { 'attempt.$': '$$.State.RetryCount' }, Retry: [{ ErrorEquals: ['Declined'] }] }));
    expect(seen).toEqual([{ attempt: 0 }, { attempt: 1 }, { attempt: 2 }]);
  });
});

describe('Catch', () => {
  const caught = { Type: 'Pass', End: true };

  test('the first catcher that matches takes over, with the error beside the input', async () => {
    const harness = new Harness().functions({ work: failing(new Declined('no funds')).handler });
    const ran = await harness.run(
      {
        StartAt: 'Work',
        States: {
          Work: {
            Type: 'Task',
            Resource: FUNCTION,
            Catch: [
              { ErrorEquals: ['Other'], Next: 'Unreached' },
              { ErrorEquals: ['States.TaskFailed'], ResultPath: '$.failure', Next: 'Caught' },
            ],
            Next: 'Unreached',
          },
          Caught: caught,
          Unreached: { Type: 'Fail' },
        },
      },
      { id: 7 },
    );
    const Cause = JSON.stringify({ errorType: 'Declined', errorMessage: 'no funds' });
    expect(ran.output).toEqual({ id: 7, failure: { Error: 'Declined', Cause } });
    expect(ran.types.slice(3, 7)).toEqual(['LambdaFunctionStarted', 'LambdaFunctionFailed', 'TaskStateExited', 'PassStateEntered']);
  });

  test('JSONata catchers see $states.errorOutput, and assign', async () => {
    const harness = new Harness().functions({ work: failing(new Declined('no')).handler });
    const ran = await harness.run({
      QueryLanguage: 'JSONata',
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: FUNCTION },
          Catch: [
            {
              ErrorEquals: ['Declined'],
              Assign: { why: '{% $parse($states.errorOutput.Cause).errorMessage %}' },
              Output: { was: '{% $states.errorOutput.Error %}' },
              Next: 'Caught',
            },
          ],
          End: true,
        },
        Caught: { Type: 'Pass', Output: { was: '{% $states.input.was %}', why: '{% $why %}' }, End: true },
      },
    });
    expect(ran.output).toEqual({ was: 'Declined', why: 'no' });
  });

  test('a failed expression is retried and caught like any failure', async () => {
    const harness = new Harness();
    const ran = await harness.run({
      QueryLanguage: 'JSONata',
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: FUNCTION, Payload: '{% 1 + "a" %}' },
          Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
    });
    expect(ran.types.filter((type) => type === 'EvaluationFailed')).toHaveLength(2);
    expect(ran.output).toEqual({
      Error: 'States.QueryEvaluationError',
      Cause:
        "An error occurred while executing the state 'Work' (entered at the event id #2). The JSONata expression '1 + \"a\"' specified for " +
        'the field \'Arguments/Payload\' threw an error during evaluation. T2002: The right side of the "+" operator must evaluate to a number',
    });
  });

  test('States.Runtime and States.DataLimitExceeded are not caught by States.ALL', async () => {
    const all = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
    const machine = (extra: object): object => ({
      StartAt: 'Work',
      States: { Work: { Type: 'Task', Resource: FUNCTION, ...all, ...extra, End: true }, Caught: caught },
    });
    const missing = await new Harness().functions({ work: () => 1 }).run(machine({ Parameters: { 'a.$': '$.none' } }));
    expect(missing).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    const large = await new Harness().functions({ work: () => 'x'.repeat(262_144) }).run(machine({}));
    expect(large).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: `The state/task '${FUNCTION}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
  });
});

describe('errors of functions', () => {
  const errorOf = async (handler: () => unknown): Promise<unknown> => {
    const ran = await new Harness().functions({ work: handler }).run(task({}));
    return ran.error;
  };

  test('the name is the error type that the runtime reports', async () => {
    expect(await errorOf(failing(new Declined('x')).handler)).toBe('Declined');
  });

  test('refusals of Lambda carry its prefix', async () => {
    const refuse = (code: string, status: number) => (): never => {
      throw new AwsError(code, 'no', { status });
    };
    expect(await errorOf(refuse('TooManyRequestsException', 429))).toBe('Lambda.TooManyRequestsException');
    expect(await errorOf(refuse('ServiceException', 500))).toBe('Lambda.ServiceException');
    expect(await errorOf(refuse('AccessDeniedException', 403))).toBe('Lambda.AWSLambdaException');
    const ran = await new Harness().functions({}).run(task({}));
    expect(ran.error).toBe('Lambda.ResourceNotFoundException');
    expect(ran.cause).toContain('(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: ');
  });

  test('a payload without an error type is Lambda.Unknown', async () => {
    const payload = { errorMessage: 'Task timed out after 3.00 seconds' };
    const Payload = Buffer.from(JSON.stringify(payload));
    const harness = new Harness().stub('lambda', { Invoke: () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload }) });
    const ran = await harness.run(task({}));
    expect(ran.error).toBe('Lambda.Unknown');
    expect(ran.cause).toBe(
      `The cause could not be determined because Lambda did not return an error type. Returned payload: ${JSON.stringify(payload)}`,
    );
  });

  test('a function that was killed by its timeout fails as Sandbox.Timedout', async () => {
    const Payload = Buffer.from(
      JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage: 'Error: Task timed out after 3.00 seconds' }),
    );
    const harness = new Harness().stub('lambda', { Invoke: () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload }) });
    expect((await harness.run(task({}))).error).toBe('Sandbox.Timedout');
  });
});
