import { describe, expect, test } from 'vitest';
import { Harness } from './harness.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:work';
const work = { Type: 'Task', Resource: FUNCTION, End: true };

/** A Lambda that answers after some seconds with what it was given, and counts how many calls run at once. */
function slow(harness: Harness, secondsOf: (event: unknown) => number): { most: () => number } {
  let running = 0;
  let most = 0;
  harness.stub('lambda', {
    Invoke: (input) => {
      running += 1;
      most = Math.max(most, running);
      const event: unknown = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString());
      return new Promise((resolve) => {
        harness.kernel.after(secondsOf(event) * 1000, () => {
          running -= 1;
          resolve({ StatusCode: 200, Payload: input.Payload });
        });
      });
    },
  });
  return { most: () => most };
}

describe('Parallel', () => {
  const branch = (name: string, state: object): object => ({ StartAt: name, States: { [name]: state } });

  test('branches run side by side; their outputs are in their order', async () => {
    const harness = new Harness();
    slow(harness, (event) => (event as { s: number }).s);
    const wait = (s: number): object => ({ ...work, Parameters: { s } });
    const ran = await harness.run({
      StartAt: 'All',
      States: { All: { Type: 'Parallel', Branches: [branch('A', wait(30)), branch('B', wait(10))], ResultPath: '$.all', End: true } },
    });
    expect(ran.output).toEqual({ all: [{ s: 30 }, { s: 10 }] });
    expect(Number(harness.describe(ran.arn).stopDate) - Number(harness.describe(ran.arn).startDate)).toBe(30_000);
  });

  test('a failing branch stops the others, whatever they are doing', async () => {
    const harness = new Harness();
    slow(harness, () => 100);
    const inner = { Type: 'Parallel', Branches: [branch('Deep', { Type: 'Wait', Seconds: 50, End: true })], End: true };
    const late = {
      StartAt: 'Soon',
      States: { Soon: { Type: 'Wait', Seconds: 5, Next: 'No' }, No: { Type: 'Fail', Error: 'No', Cause: 'why' } },
    };
    const ran = await harness.run({
      StartAt: 'All',
      States: { All: { Type: 'Parallel', Branches: [branch('Slow', work), branch('Nested', inner), late], End: true } },
    });
    expect(ran).toMatchObject({ status: 'FAILED', error: 'No', cause: 'why' });
    expect(ran.types.slice(-6)).toEqual([
      'FailStateEntered',
      'TaskStateAborted',
      'WaitStateAborted',
      'ParallelStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
    const { startDate, stopDate } = harness.describe(ran.arn);
    expect(Number(stopDate) - Number(startDate)).toBe(5_000);
  });

  test('a retry runs every branch again; a catcher takes over after the last', async () => {
    let calls = 0;
    const harness = new Harness().functions({
      work: () => {
        calls += 1;
        throw new Error('x');
      },
    });
    const ran = await harness.run({
      StartAt: 'All',
      States: {
        All: {
          Type: 'Parallel',
          Branches: [branch('A', work)],
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }],
          Catch: [{ ErrorEquals: ['Error'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Succeed' },
      },
    });
    expect(ran.status).toBe('SUCCEEDED');
    expect(calls).toBe(3);
    expect(ran.types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(3);
    expect(ran.types.filter((type) => type === 'ParallelStateFailed')).toHaveLength(1);
  });

  test('a fault of the interpreter in a branch ends the execution at once', async () => {
    const broken = { Type: 'Pass', Parameters: { 'a.$': '$.none' }, End: true };
    const ran = await new Harness().run({
      StartAt: 'All',
      States: {
        All: { Type: 'Parallel', Branches: [branch('A', broken)], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' },
        C: { Type: 'Succeed' },
      },
    });
    expect(ran.types).toEqual(['ExecutionStarted', 'ParallelStateEntered', 'ParallelStateStarted', 'PassStateEntered', 'ExecutionFailed']);
    expect(ran.cause).toBe(
      "An error occurred while executing the state 'A' (entered at the event id #4). " +
        "The JSONPath '$.none' specified for the field 'a.$' could not be found in the input '{}'",
    );
  });

  test('variables of a branch stay in it', async () => {
    const assign = { Type: 'Pass', Assign: { x: 2 }, Next: 'Read' };
    const read = { Type: 'Pass', Parameters: { 'x.$': '$x' }, End: true };
    const ran = await new Harness().run({
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { x: 1 }, Next: 'All' },
        All: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: assign, Read: read } }], ResultPath: '$.inner', Next: 'After' },
        After: { Type: 'Pass', Parameters: { 'inner.$': '$.inner', 'outer.$': '$x' }, End: true },
      },
    });
    expect(ran.output).toEqual({ inner: [{ x: 2 }], outer: 1 });
  });
});

describe('Map', () => {
  const processor = { StartAt: 'Work', States: { Work: work } };

  test.each([1, 3, 0])('at most MaxConcurrency (%i) iterations run at once; outputs are in the order of the items', async (limit) => {
    const harness = new Harness();
    const lambda = slow(harness, (event) => 50 - (event as number));
    const items = Array.from({ length: 45 }, (_, at) => at);
    const ran = await harness.run(
      { StartAt: 'M', States: { M: { Type: 'Map', MaxConcurrency: limit, ItemProcessor: processor, End: true } } },
      items,
    );
    expect(ran.output).toEqual(items);
    expect(lambda.most()).toBe(limit || 40);
  });

  test('ItemSelector sees the item, its index, the input and variables', async () => {
    const ran = await new Harness().run(
      {
        StartAt: 'Set',
        States: {
          Set: { Type: 'Pass', Assign: { 'by.$': '$.by' }, Next: 'M' },
          M: {
            Type: 'Map',
            ItemsPath: '$.list',
            ItemSelector: {
              'at.$': '$$.Map.Item.Index',
              'item.$': '$$.Map.Item.Value',
              'by.$': '$by',
              'all.$': 'States.ArrayLength($.list)',
            },
            ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
            End: true,
          },
        },
      },
      { list: ['a', 'b'], by: 'me' },
    );
    expect(ran.output).toEqual([
      { at: 0, item: 'a', by: 'me', all: 2 },
      { at: 1, item: 'b', by: 'me', all: 2 },
    ]);
  });

  test('JSONata: Items, ItemSelector and the context object inside iterations', async () => {
    const ran = await new Harness().run({
      QueryLanguage: 'JSONata',
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          Items: '{% [1..3] %}',
          ItemSelector: { n: '{% $states.context.Map.Item.Value * 2 %}' },
          ItemProcessor: {
            StartAt: 'P',
            States: { P: { Type: 'Pass', Output: '{% $states.input.n + $states.context.Map.Item.Index %}', End: true } },
          },
          Output: '{% $sum($states.result) %}',
          End: true,
        },
      },
    });
    expect(ran.output).toBe(2 + 5 + 8);
  });

  test('an empty list is an empty result', async () => {
    const ran = await new Harness().run({ StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor: processor, End: true } } }, []);
    expect(ran).toMatchObject({ status: 'SUCCEEDED', output: [] });
    expect(ran.types.slice(1)).toEqual(['MapStateEntered', 'MapStateStarted', 'MapStateSucceeded', 'MapStateExited', 'ExecutionSucceeded']);
  });

  test('a failing iteration stops the others', async () => {
    const harness = new Harness();
    slow(harness, () => 100);
    const States = {
      Which: { Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: 1, Next: 'No' }], Default: 'Work' },
      No: { Type: 'Fail', Error: 'No' },
      Work: work,
    };
    const ran = await harness.run(
      { StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor: { StartAt: 'Which', States }, End: true } } },
      [0, 1],
    );
    expect(ran).toMatchObject({ status: 'FAILED', error: 'No' });
    expect(ran.types.slice(-5)).toEqual([
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  test('items that are no array fail the execution', async () => {
    const ran = await new Harness().run(
      { StartAt: 'M', States: { M: { Type: 'Map', ItemsPath: '$.a', ItemProcessor: processor, End: true } } },
      { a: 1 },
    );
    expect(ran.cause).toMatch(/Reference path "\$\.a" must point to array\.$/);
  });
});

describe('distributed Map', () => {
  const failOdd = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Which',
    States: {
      Which: { Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: 1, Next: 'No' }], Default: 'Yes' },
      No: { Type: 'Pass', Parameters: { 'a.$': '$.none' }, End: true },
      Yes: { Type: 'Pass', End: true },
    },
  };
  const map = (extra: object): object => ({ StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor: failOdd, End: true, ...extra } } });

  test.each([
    [{ ToleratedFailureCount: 1 }, true],
    [{ ToleratedFailureCount: 0 }, false],
    [{ ToleratedFailurePercentage: 25 }, true],
    [{ ToleratedFailurePercentage: 24 }, false],
    [{}, false],
  ])('%j lets one of four children fail: %s', async (tolerance, succeeds) => {
    const ran = await new Harness().run(map(tolerance), [0, 1, 2, 3]);
    if (succeeds) expect(ran.output).toEqual([0, 2, 3]);
    else {
      expect(ran).toMatchObject({
        error: 'States.ExceedToleratedFailureThreshold',
        cause: 'The specified tolerated failure threshold was exceeded',
      });
      expect(ran.types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    }
    expect(ran.types.some((type) => type?.startsWith('Choice'))).toBe(false);
  });

  test('children do not see the parent’s variables, and leave its history alone', async () => {
    const lone = { ...failOdd, StartAt: 'P', States: { P: { Type: 'Pass', Parameters: { 'x.$': '$x' }, End: true } } };
    const ran = await new Harness().run({
      StartAt: 'Set',
      States: { Set: { Type: 'Pass', Assign: { x: 1 }, Result: [1], Next: 'M' }, M: { Type: 'Map', ItemProcessor: lone, End: true } },
    });
    expect(ran.status).toBe('FAILED');
    expect(ran.types).toHaveLength(9);
  });

  test('ItemBatcher hands several items to a child', async () => {
    const keep = { ...failOdd, StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
    const batcher = { MaxItemsPerBatch: 2, BatchInput: { 'n.$': '$.n' } };
    const ran = await new Harness().run(map({ ItemProcessor: keep, ItemsPath: '$.list', ItemBatcher: batcher }), { list: [1, 2, 3], n: 9 });
    expect(ran.output).toEqual([
      { BatchInput: { n: 9 }, Items: [1, 2] },
      { BatchInput: { n: 9 }, Items: [3] },
    ]);
  });

  test.each([
    ['JSON', '[1,{"a":2}]', {}, [1, { a: 2 }]],
    ['JSONL', '{"a":1}\n{"a":2}\n', {}, [{ a: 1 }, { a: 2 }]],
    [
      'CSV',
      'id,name\n1,"Smith, J"\n2,"say ""hi"""\n',
      { CSVHeaderLocation: 'FIRST_ROW' },
      [
        { id: '1', name: 'Smith, J' },
        { id: '2', name: 'say "hi"' },
      ],
    ],
    ['CSV', '1|a\n2|b', { CSVHeaderLocation: 'GIVEN', CSVHeaders: ['x', 'y'], CSVDelimiter: 'PIPE', MaxItems: 1 }, [{ x: '1', y: 'a' }]],
  ])('ItemReader reads %s objects', async (InputType, body, config, items) => {
    const harness = new Harness().stub('s3', { GetObject: () => ({ Body: Buffer.from(body) }) });
    const reader = {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType, ...config },
      Parameters: { Bucket: 'b', Key: 'k' },
    };
    const keep = { ...failOdd, StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
    const ran = await harness.run(map({ ItemProcessor: keep, ItemReader: reader }));
    expect(ran.output).toEqual(items);
    expect(harness.calls[0]?.input).toEqual({ Bucket: 'b', Key: 'k' });
  });

  test('ItemReader lists a bucket page by page; ResultWriter writes what became of each child', async () => {
    const written = new Map<string, unknown>();
    const harness = new Harness().stub('s3', {
      ListObjectsV2: (input) =>
        input.ContinuationToken === undefined ? { Contents: [{ Key: 'a' }], NextContinuationToken: 't' } : { Contents: [{ Key: 'b' }] },
      PutObject: (input) => {
        written.set(String(input.Key), JSON.parse(Buffer.from(input.Body as Uint8Array).toString()));
        return {};
      },
    });
    const ItemReader = { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'b' } };
    const ResultWriter = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'out', Prefix: 'jobs' } };
    const keep = { ...failOdd, StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
    const ran = await harness.run(map({ ItemProcessor: keep, ItemReader, ResultWriter }));
    const { ResultWriterDetails: details, MapRunArn } = ran.output as { ResultWriterDetails: { Key: string }; MapRunArn: string };
    const folder = `jobs/${MapRunArn.split(':').at(-1)}`;
    expect(details).toEqual({ Bucket: 'out', Key: `${folder}/manifest.json` });
    expect(written.get(`${folder}/SUCCEEDED_0.json`)).toEqual([
      { Input: '{"Key":"a"}', Output: '{"Key":"a"}', Status: 'SUCCEEDED' },
      { Input: '{"Key":"b"}', Output: '{"Key":"b"}', Status: 'SUCCEEDED' },
    ]);
    expect(written.get(details.Key)).toMatchObject({ DestinationBucket: 'out', MapRunArn });
  });
});
