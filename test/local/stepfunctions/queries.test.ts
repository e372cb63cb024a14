import { describe, expect, test } from 'vitest';
import { Harness, type Ran } from './harness.ts';

function pass(fields: object, input: unknown = {}): Promise<Ran> {
  return new Harness().run({ StartAt: 'P', States: { P: { Type: 'Pass', End: true, ...fields } } }, input);
}

describe('JSONPath', () => {
  const store = {
    books: [
      { title: 'Moby', price: 9, tags: ['sea'] },
      { title: 'Rings', price: 23 },
      { title: 'Sayings', price: 8.5, isbn: 'x' },
    ],
    limit: 10,
    'odd name': { 'a.b': 1 },
    nothing: null,
  };

  test.each([
    ['$.limit', 10],
    ["$['odd name']['a.b']", 1],
    ['$.nothing', null],
    ['$.books[0].title', 'Moby'],
    ['$.books[-1].title', 'Sayings'],
    ['$.books[9]', null],
    ['$.books[0,2].price', [9, 8.5]],
    ['$.books[1:].title', ['Rings', 'Sayings']],
    ['$.books[:-1].title', ['Moby', 'Rings']],
    ['$.books[*].price', [9, 23, 8.5]],
    ['$..title', ['Moby', 'Rings', 'Sayings']],
    ['$.none[*].x', []],
    ['$.books[?(@.price < 10)].title', ['Moby', 'Sayings']],
    ['$.books[?(@.price < $.limit && @.isbn)].title', ['Sayings']],
    ["$.books[?(@.title == 'Moby' || @.title =~ /R.*/)].price", [9, 23]],
    ["$.books[?(!(@.title in ['Moby']))].price", [23, 8.5]],
    ['$.books[?(@.tags)].title', ['Moby']],
    ['$.books.length()', 3],
    ['$.books[*].price.max()', 23],
  ])('%s', async (path, value) => {
    expect((await pass({ Parameters: { 'v.$': path } }, store)).output).toEqual({ v: value });
  });

  test.each([
    ['$.none', "The JSONPath '$.none' specified for the field 'v.$' could not be found in the input '{\"a\":{}}'"],
    ['$.a.b.c', "The JSONPath '$.a.b.c' specified for the field 'v.$' could not be found in the input '{\"a\":{}}'"],
    [
      "States.Format('{}', $.none)",
      "The function 'States.Format('{}', $.none)' had the following error: The JsonPath argument for the field '$.none' could not be found in the input '{\"a\":{}}'",
    ],
  ])('%s that leads nowhere ends the execution', async (path, cause) => {
    const ran = await pass({ Parameters: { 'v.$': path } }, { a: {} });
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ran.cause).toBe(`An error occurred while executing the state 'P' (entered at the event id #2). ${cause}`);
  });

  test.each([
    [{ InputPath: '$.a', ResultPath: '$.b' }, { a: { n: 1 } }, { a: { n: 1 }, b: { n: 1 } }],
    [{ Result: 5, ResultPath: '$.a.b.c' }, { a: { x: 1 } }, { a: { x: 1, b: { c: 5 } } }],
    [{ Result: 5, ResultPath: '$.list[1]' }, { list: [1, 2] }, { list: [1, 5] }],
    [{ Result: 5, ResultPath: null }, { a: 1 }, { a: 1 }],
    [{ Result: { x: 1 }, OutputPath: '$.x' }, {}, 1],
    [{ InputPath: null }, { a: 1 }, {}],
    [{ InputPath: '$$.Execution.Input.a' }, { a: 1 }, 1],
  ])('%j of %j', async (fields, input, output) => {
    expect((await pass(fields, input)).output).toEqual(output);
  });

  test('ResultPath must fit the input', async () => {
    const ran = await pass({ Result: 1, ResultPath: '$.a.b' }, { a: 'text' });
    expect(ran.error).toBe('States.ResultPathMatchFailure');
    expect(ran.cause).toContain('Unable to apply ReferencePath $.a.b to input {"a":"text"}');
  });

  test('the context object tells who is running', async () => {
    const ran = await pass({ Parameters: { 'context.$': '$$' } }, { a: 1 });
    const { context } = ran.output as { context: Record<string, Record<string, unknown>> };
    expect(context.Execution).toEqual({
      Id: ran.arn,
      Input: { a: 1 },
      Name: ran.arn.split(':').at(-1),
      RoleArn: 'arn:aws:iam::000000000000:role/machine',
      StartTime: '2026-01-01T00:00:00.000Z',
      RedriveCount: 0,
    });
    expect(context.StateMachine).toEqual({ Id: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine', Name: 'machine' });
    expect(context.State).toEqual({ Name: 'P', EnteredTime: '2026-01-01T00:00:00.000Z' });
  });
});

describe('intrinsic functions', () => {
  const input = { name: 'Ann', list: [1, 2, 2, { a: 1 }, { a: 1 }], json: '{"a":[1]}', o: { x: 1 } };

  test.each([
    ["States.Format('Hi {}, {} \\{\\} it\\'s {}', $.name, $.o, 1)", 'Hi Ann, {"x":1} {} it\'s 1'],
    ['States.StringToJson($.json)', { a: [1] }],
    ['States.JsonToString($.o)', '{"x":1}'],
    ["States.Array('a', 1, null, true, $.o)", ['a', 1, null, true, { x: 1 }]],
    ['States.ArrayPartition($.list, 2)', [[1, 2], [2, { a: 1 }], [{ a: 1 }]]],
    ['States.ArrayContains($.list, States.StringToJson(\'\\{"a":1\\}\'))', true],
    ['States.ArrayRange(1, 9, 2)', [1, 3, 5, 7, 9]],
    ['States.ArrayRange(9, 1, -4)', [9, 5, 1]],
    ['States.ArrayGetItem($.list, 1)', 2],
    ['States.ArrayLength($.list)', 5],
    ['States.ArrayUnique($.list)', [1, 2, { a: 1 }]],
    ["States.Base64Encode('Data to encode')", 'RGF0YSB0byBlbmNvZGU='],
    ["States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", 'Data to encode'],
    ["States.Hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    ['States.JsonMerge($.o, States.StringToJson(\'\\{"y":2\\}\'), false)', { x: 1, y: 2 }],
    ['States.MathAdd(111, -1)', 110],
    ["States.StringSplit('This.is+a,test=string', '.+,=')", ['This', 'is', 'a', 'test', 'string']],
    ["States.StringSplit('1,2,3', ',')", ['1', '2', '3']],
  ])('%s', async (expression, value) => {
    expect((await pass({ Parameters: { 'v.$': expression } }, input)).output).toEqual({ v: value });
  });

  test('UUIDs and random numbers are the seed’s', async () => {
    const draw = async (): Promise<unknown> =>
      (await pass({ Parameters: { 'u.$': 'States.UUID()', 'r.$': 'States.MathRandom(1, 1000)' } })).output;
    const first = (await draw()) as { u: string; r: number };
    expect(first.u).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await draw()).toEqual(first);
  });

  test.each(["States.StringToJson('{')", 'States.ArrayGetItem($.list, 99)', 'States.ArrayLength($.name)', "States.Hash('a', 'CRC')"])(
    '%s fails as States.IntrinsicFailure',
    async (expression) => {
      const ran = await pass({ Parameters: { 'v.$': expression } }, input);
      expect(ran.error).toBe('States.IntrinsicFailure');
      expect(ran.cause).toContain(`The function '${expression}' had the following error: `);
    },
  );
});

describe('JSONata', () => {
  const output = (expression: string, input: unknown = {}): Promise<Ran> =>
    pass({ QueryLanguage: 'JSONata', Output: `{% ${expression} %}` }, input);

  test.each([
    [
      '$sum($states.input.items.(price * count))',
      {
        items: [
          { price: 2, count: 3 },
          { price: 1, count: 4 },
        ],
      },
      10,
    ],
    [
      '$states.input.items[price > 1].name',
      {
        items: [
          { price: 2, name: 'a' },
          { price: 1, name: 'b' },
        ],
      },
      'a',
    ],
    ['$partition([1,2,3,4,5], 2)', {}, [[1, 2], [3, 4], [5]]],
    ['$range(0, 6, 2)', {}, [0, 2, 4, 6]],
    ['$range(-1.7, 2, 1)', {}, [-1, 0, 1, 2]],
    ['$hash("input", "SHA-1")', {}, '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'],
    ['$random(42)', {}, 0.7275636800328681],
    ['$parse("{\\"a\\":1}").a', {}, 1],
    ['$now()', {}, '2026-01-01T00:00:00.000Z'],
    ['$now("[Y]/[M]")', {}, '2026/1'],
    ['$millis()', {}, Date.UTC(2026, 0, 1)],
    ['$states.context.State.Name', {}, 'P'],
    ['[]', {}, []],
    ['{"a": null}', {}, { a: null }],
  ])('%s of %j', async (expression, input, value) => {
    expect((await output(expression, input)).output).toEqual(value);
  });

  test('the seed gives $random and $uuid', async () => {
    const draw = async (): Promise<unknown> => (await output('[$random(), $uuid()]')).output;
    expect(await draw()).toEqual(await draw());
  });

  test.each([
    ['$states.input.missing', 'returned nothing (undefined).'],
    ['1 + "a"', 'threw an error during evaluation. T2002: The right side of the "+" operator must evaluate to a number'],
    ['$sum(["a"])', 'threw an error during evaluation. T0412: Argument 1 of function "sum" must be an array of "numbers"'],
    ['$eval("1")', 'threw an error during evaluation. T1006: Attempted to invoke a non-function'],
  ])('%s fails the state', async (expression, problem) => {
    const ran = await output(expression);
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(ran.cause).toBe(
      `An error occurred while executing the state 'P' (entered at the event id #2). The JSONata expression '${expression}' ` +
        `specified for the field 'Output' ${problem}`,
    );
  });

  test('fields of templates are named by their place', async () => {
    const ran = await pass({ QueryLanguage: 'JSONata', Output: { a: { b: [1, ['{% $none %}']] } } });
    expect(ran.cause).toContain("specified for the field 'Output/a/b[1][0]' returned nothing (undefined).");
  });

  test('variables are assigned together, from their old values, and read afterwards', async () => {
    const ran = await new Harness().run({
      QueryLanguage: 'JSONata',
      StartAt: 'One',
      States: {
        One: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'Two' },
        Two: { Type: 'Pass', Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: '{% $a %}', Next: 'Three' },
        Three: { Type: 'Succeed', Output: { a: '{% $a %}', b: '{% $b %}', before: '{% $states.input %}' } },
      },
    });
    expect(ran.output).toEqual({ a: 2, b: 1, before: 1 });
  });

  test('Fail takes expressions', async () => {
    const States = { F: { Type: 'Fail', Error: "{% $states.input.code & 'Error' %}", Cause: '{% $states.input.why %}' } };
    const ran = await new Harness().run({ QueryLanguage: 'JSONata', StartAt: 'F', States }, { code: 'Card', why: 'declined' });
    expect(ran).toMatchObject({ error: 'CardError', cause: 'declined' });
  });

  test('an expression that never ends is cut short', async () => {
    const ran = await output('($f := function($n) { 1 + $f($n) }; $f(1))');
    expect(ran.error).toBe('States.QueryEvaluationError');
  });
});
