import type { HistoryEvent, ListExecutionsOutput, StartSyncExecutionOutput } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { Harness, ROLE } from './harness.ts';

const pass = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
const wait = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } };

function code(name: string): object {
  return expect.objectContaining({ code: name });
}

describe('state machines', () => {
  test('creating the same machine again changes nothing; another under its name is refused', () => {
    const harness = new Harness();
    const arn = harness.create(pass);
    expect(arn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:machine');
    expect(harness.create(pass)).toBe(arn);
    expect(() => harness.create(wait)).toThrow(code('StateMachineAlreadyExists'));
  });

  test('names and roles are checked', () => {
    const harness = new Harness();
    expect(() => harness.create(pass, { name: 'a b' })).toThrow(code('InvalidName'));
    const input = { name: 'x', definition: JSON.stringify(pass), roleArn: 'nobody' };
    expect(() => harness.invoke('CreateStateMachine', input)).toThrow(code('InvalidArn'));
  });

  test('an update is for executions that start after it', async () => {
    const harness = new Harness();
    const stateMachineArn = harness.create(wait);
    const before = harness.start(stateMachineArn);
    await harness.kernel.advance(1_000);
    const { revisionId } = harness.invoke<{ revisionId: string }>('UpdateStateMachine', {
      stateMachineArn,
      definition: JSON.stringify(pass),
    });
    const after = harness.start(stateMachineArn);
    await harness.kernel.settle();
    expect(harness.types(before)).toContain('WaitStateExited');
    expect(harness.types(after)).toContain('PassStateExited');
    expect(harness.invoke('DescribeStateMachine', { stateMachineArn })).toMatchObject({
      revisionId,
      definition: JSON.stringify(pass),
      roleArn: ROLE,
    });
    expect(() => harness.invoke('UpdateStateMachine', { stateMachineArn })).toThrow(code('MissingRequiredParameter'));
  });

  test('a deleted machine goes when its executions have ended', async () => {
    const harness = new Harness();
    const stateMachineArn = harness.create(wait);
    const arn = harness.start(stateMachineArn);
    harness.invoke('DeleteStateMachine', { stateMachineArn });
    expect(() => harness.start(stateMachineArn)).toThrow(code('StateMachineDeleting'));
    await harness.kernel.settle();
    expect(harness.describe(arn).status).toBe('SUCCEEDED');
    expect(() => harness.start(stateMachineArn)).toThrow(code('StateMachineDoesNotExist'));
    expect(harness.invoke('ListStateMachines', {})).toEqual({ stateMachines: [] });
  });

  test('versions keep what was published; an alias chooses among them', async () => {
    const harness = new Harness();
    const stateMachineArn = harness.create(pass);
    const publish = (): string =>
      harness.invoke<{ stateMachineVersionArn: string }>('PublishStateMachineVersion', { stateMachineArn }).stateMachineVersionArn;
    const first = publish();
    expect(publish()).toBe(first);
    harness.invoke('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(wait) });
    const second = publish();
    expect([first, second]).toEqual([`${stateMachineArn}:1`, `${stateMachineArn}:2`]);
    const routingConfiguration = [{ stateMachineVersionArn: first, weight: 100 }];
    const { stateMachineAliasArn } = harness.invoke<{ stateMachineAliasArn: string }>('CreateStateMachineAlias', {
      name: 'live',
      routingConfiguration,
    });
    const arn = harness.start(stateMachineAliasArn);
    await harness.kernel.settle();
    expect(harness.types(arn)).toContain('PassStateExited');
    expect(() => harness.invoke('DeleteStateMachineVersion', { stateMachineVersionArn: first })).toThrow(code('ConflictException'));
  });

  test('tags are kept', () => {
    const harness = new Harness();
    const resourceArn = harness.create(pass);
    harness.invoke('TagResource', { resourceArn, tags: [{ key: 'a', value: '1' }] });
    expect(harness.invoke('ListTagsForResource', { resourceArn })).toEqual({ tags: [{ key: 'a', value: '1' }] });
  });
});

describe('executions', () => {
  test('a name with the same input is the same execution while it runs', async () => {
    const harness = new Harness();
    const machine = harness.create(wait);
    const arn = harness.start(machine, { a: 1 }, 'one');
    expect(arn).toBe('arn:aws:states:us-east-1:000000000000:execution:machine:one');
    await harness.kernel.advance(1_000);
    expect(harness.start(machine, { a: 1 }, 'one')).toBe(arn);
    expect(() => harness.start(machine, { a: 2 }, 'one')).toThrow(code('ExecutionAlreadyExists'));
    await harness.kernel.settle();
    expect(() => harness.start(machine, { a: 1 }, 'one')).toThrow(code('ExecutionAlreadyExists'));
    expect(harness.types(arn).filter((type) => type === 'ExecutionStarted')).toHaveLength(1);
  });

  test('input must be JSON of at most 256 kB', () => {
    const harness = new Harness();
    const machine = harness.create(pass);
    expect(() => harness.start(machine, '{')).toThrow(code('InvalidExecutionInput'));
    expect(() => harness.start(machine, 'é'.repeat(131_072))).toThrow(code('InvalidExecutionInput'));
    expect(() => harness.start(machine, JSON.stringify('é'.repeat(131_072)))).toThrow(code('ValidationException'));
  });

  test('history comes in pages, either way round, with or without data', async () => {
    const harness = new Harness();
    const executionArn = harness.start(harness.create(pass), { a: 1 });
    await harness.kernel.settle();
    type Page = { events: HistoryEvent[]; nextToken?: string };
    const page = (input: object): Page => harness.invoke('GetExecutionHistory', { executionArn, ...input });
    const first = page({ maxResults: 3 });
    expect(first.events.map((event) => event.id)).toEqual([1, 2, 3]);
    expect(page({ maxResults: 3, nextToken: first.nextToken }).events.map((event) => event.id)).toEqual([4]);
    const last = page({ maxResults: 3, reverseOrder: true });
    expect(last.events.map((event) => event.id)).toEqual([4, 3, 2]);
    expect(page({ maxResults: 3, reverseOrder: true, nextToken: last.nextToken }).events.map((event) => event.id)).toEqual([1]);
    expect(page({ includeExecutionData: false }).events[0]?.executionStartedEventDetails).toEqual({ roleArn: ROLE });
    expect(() => page({ nextToken: 'x' })).toThrow(code('InvalidToken'));
  });

  test('executions are listed newest first, by status if asked', async () => {
    const harness = new Harness();
    const stateMachineArn = harness.create(wait);
    for (const name of ['a', 'b', 'c']) harness.start(stateMachineArn, {}, name);
    harness.invoke('StopExecution', { executionArn: stateMachineArn.replace('stateMachine', 'execution').concat(':b') });
    const list = (input: object): (string | undefined)[] =>
      (harness.invoke<ListExecutionsOutput>('ListExecutions', { stateMachineArn, ...input }).executions ?? []).map((each) => each.name);
    expect(list({})).toEqual(['c', 'b', 'a']);
    expect(list({ maxResults: 2 })).toEqual(['c', 'b']);
    expect(list({ statusFilter: 'ABORTED' })).toEqual(['b']);
    await harness.kernel.settle();
    expect(list({ statusFilter: 'SUCCEEDED' })).toEqual(['c', 'a']);
  });

  test('a stopped execution is ABORTED, for the reason given', async () => {
    const harness = new Harness();
    const executionArn = harness.start(harness.create(wait));
    await harness.kernel.advance(1_000);
    harness.invoke('StopExecution', { executionArn, error: 'Enough', cause: 'of this' });
    expect(harness.ran(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'of this' });
    expect(harness.types(executionArn)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
    await harness.kernel.settle();
    expect(harness.kernel.now()).toBe(Date.UTC(2026, 0, 1) + 1_000);
  });

  test('the history’s last event, the 25,000th, is the failure that says it is full', async () => {
    const loop = {
      StartAt: 'A',
      States: { A: { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'Z' }], Default: 'A' }, Z: { Type: 'Succeed' } },
    };
    const ran = await new Harness().run(loop);
    expect(ran).toMatchObject({ error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).' });
    expect(ran.types).toHaveLength(25_000);
  });

  test('an unknown operation says so', () => {
    expect(() => new Harness().invoke('Nothing', {})).toThrow(code('UnknownOperationException'));
  });
});

describe('Express', () => {
  test('StartSyncExecution answers with the end', async () => {
    const harness = new Harness();
    const stateMachineArn = harness.create({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 30, End: true } } }, { type: 'EXPRESS' });
    const answer = harness.kernel.invoke({
      service: 'states',
      operation: 'StartSyncExecution',
      input: { stateMachineArn, input: '{"a":1}' },
    });
    await harness.kernel.settle();
    const output = (await answer) as StartSyncExecutionOutput;
    expect(output).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}' });
    expect(Number(output.stopDate) - Number(output.startDate)).toBe(30_000);
    expect(() => harness.invoke('ListExecutions', { stateMachineArn })).toThrow(code('StateMachineTypeNotSupported'));
  });

  test('five minutes are the most; names may be used again', async () => {
    const harness = new Harness();
    const stateMachineArn = harness.create(
      { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } },
      { type: 'EXPRESS' },
    );
    const run = (): Promise<object> =>
      Promise.resolve(harness.kernel.invoke({ service: 'states', operation: 'StartSyncExecution', input: { stateMachineArn, name: 'n' } }));
    const both = [run(), run()];
    await harness.kernel.settle();
    expect(await Promise.all(both)).toEqual([
      expect.objectContaining({ status: 'TIMED_OUT' }),
      expect.objectContaining({ status: 'TIMED_OUT' }),
    ]);
    expect(harness.kernel.now()).toBe(Date.UTC(2026, 0, 1) + 300_000);
  });

  test('a Standard machine has no synchronous executions', () => {
    const harness = new Harness();
    const stateMachineArn = harness.create(pass);
    expect(() => harness.invoke('StartSyncExecution', { stateMachineArn })).toThrow(code('StateMachineTypeNotSupported'));
  });
});

describe('status events', () => {
  test('the default bus learns of start and end, as AWS words it', async () => {
    const harness = new Harness().stub('events', { PutEvents: () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }) });
    const ran = await harness.run(pass, { a: 1 });
    const entries = harness.calls.map(
      (call) => (call.input.Entries as { Detail: string; Source: string; DetailType: string; Resources: string[] }[])[0],
    );
    expect(entries.map((entry) => JSON.parse(entry?.Detail ?? '').status)).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(entries[1]).toMatchObject({ Source: 'aws.states', DetailType: 'Step Functions Execution Status Change', Resources: [ran.arn] });
    expect(JSON.parse(entries[1]?.Detail ?? '')).toMatchObject({
      executionArn: ran.arn,
      output: '{"a":1}',
      stopDate: Date.UTC(2026, 0, 1),
      error: null,
    });
    expect(harness.calls[0]?.principal).toBe('states.amazonaws.com');
  });

  test('a refused event is tried again', async () => {
    let calls = 0;
    const harness = new Harness().stub('events', {
      PutEvents: () => {
        calls += 1;
        return { FailedEntryCount: calls === 1 ? 1 : 0, Entries: [{}] };
      },
    });
    await harness.run(pass);
    expect(calls).toBe(3);
  });
});

describe('many executions', () => {
  test('run side by side, the same way for the same seed, and leave nothing behind', async () => {
    const run = async (seed: number): Promise<string> => {
      const harness = new Harness({ seed, ties: 'seeded' }).functions({
        work: () => {
          if (harness.kernel.random() < 0.3) throw new Error('x');
          return { n: harness.kernel.random() };
        },
      });
      const machine = harness.create({
        QueryLanguage: 'JSONata',
        StartAt: 'Work',
        States: {
          Work: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Arguments: { FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:work', Payload: '{% $states.input %}' },
            TimeoutSeconds: 30,
            Retry: [{ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL', MaxAttempts: 20 }],
            Output: '{% $states.result.Payload %}',
            End: true,
          },
        },
      });
      const arns = Array.from({ length: 300 }, (_, at) => harness.start(machine, { at }, `e${at}`));
      expect(harness.kernel.pending()[0]?.count).toBe(300);
      await harness.kernel.settle();
      expect(harness.kernel.pending()).toEqual([]);
      expect(arns.every((arn) => harness.describe(arn).status === 'SUCCEEDED')).toBe(true);
      return JSON.stringify(arns.map((arn) => harness.history(arn)));
    };
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });
});
