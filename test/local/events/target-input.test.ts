import { describe, expect, it } from 'vitest';
import { queueArn, START, TestEvents } from './test-events.ts';

const detail = {
  command: 'update',
  acc: { id: '0a', sf: 'baz' },
  list: ['ACTIVE', 'INACTIVE'],
  valid: true,
  quote: 'say "hi"',
  wide: 'w',
  nothing: null,
};
const paths = {
  type: '$.detail-type',
  command: '$.detail.command',
  acc: '$.detail.acc',
  id: '$.detail.acc.id',
  list: '$.detail.list',
  second: '$.detail.list[1]',
  each: '$.detail.list[*]',
  valid: '$.detail.valid',
  quote: "$.detail['quote']",
  nothing: '$.detail.nothing',
  missing: '$.detail.missing',
};

async function transform(InputTemplate: string): Promise<string | undefined> {
  const events = new TestEvents();
  const InputTransformer = { InputPathsMap: paths, InputTemplate };
  events.rule({ pattern: { source: ['shop'] } }, { InputTransformer, DeadLetterConfig: { Arn: queueArn('dead') } });
  events.event(detail);
  await events.kernel.settle();
  const letter = events.sqs.sentTo('dead')[0]?.input.MessageAttributes as { ERROR_CODE: { StringValue: string } } | undefined;
  return events.sqs.bodies('jobs')[0] ?? letter?.ERROR_CODE.StringValue;
}

describe('input transformers, as recorded from AWS', () => {
  it.each([
    ['"Event of <type> type, detail <command>"', '"Event of Order type, detail update"'],
    ['"Not there: <missing>"', '"Not there: "'],
    ['"{[/Special start of <type>"', '"{[/Special start of Order"'],
    ['{"type": <type>, "command": <command>}', '{"type": "Order", "command": "update"}'],
    ['{"command": <missing>}', '{"command": ""}'],
    ['{"path": "users/<id>/<id>", "id": <id>, "body": <acc>}', '{"path": "users/0a/0a", "id": "0a", "body": {"id":"0a","sf":"baz"}}'],
    ['{"list": [<id>, "fixed"]}', '{"list": ["0a", "fixed"]}'],
    ['{"id": "<id>"}', '{"id": "0a"}'],
    ['"Payload of <acc> and <id>"', '"Payload of {id:0a,sf:baz} and 0a"'],
    ['"<list> many"', '"[ACTIVE,INACTIVE] many"'],
    ['"Command is <valid>!"', '"Command is true!"'],
    ['"<list> one"\n"<acc> two"', '"[ACTIVE,INACTIVE] one"\n"{id:0a,sf:baz} two"'],
    ['{"a": <second>, "b": <each>, "c": <nothing>}', '{"a": "INACTIVE", "b": ["ACTIVE","INACTIVE"], "c": null}'],
    ['{"quote": <quote>, "inside": "<quote>"}', '{"quote": "say \\"hi\\"", "inside": "say \\"hi\\""}'],
    // Objects and lists inside quotes break a JSON template: AWS delivers nothing.
    ['{"payload": "<acc>"}', 'INVALID_JSON'],
    ['{"list": "<list>"}', 'INVALID_JSON'],
    ['<list> bare', 'INVALID_JSON'],
    ['<acc>', '{"id":"0a","sf":"baz"}'],
  ])('%s', async (template, expected) => {
    expect(await transform(template)).toBe(expected);
  });

  it('knows the rule, the time and the whole event', async () => {
    const events = new TestEvents();
    const InputTemplate =
      '{"rule": "<aws.events.rule-name>", "arn": <aws.events.rule-arn>, "at": "<aws.events.event.ingestion-time>", ' +
      '"head": <aws.events.event>, "event": <aws.events.event.json>}';
    const arn = events.rule({ pattern: { source: ['shop'] } }, { InputTransformer: { InputTemplate } });
    const id = events.event(detail, { Time: new Date(0) });
    await events.kernel.settle();
    const at = new Date(START).toISOString().replace('.000', '');
    expect(JSON.parse(events.sqs.bodies('jobs')[0] ?? '')).toEqual({
      rule: 'rule',
      arn,
      at,
      head: {
        id,
        account: '000000000000',
        detailType: 'Order',
        time: at,
        source: 'shop',
        region: 'us-east-1',
        resources: [],
        version: '0',
      },
      event: expect.objectContaining({ id, 'detail-type': 'Order', time: '1970-01-01T00:00:00Z', detail }),
    });
  });

  it.each([
    [{ Input: '{', Arn: queueArn('jobs') }, 'JSON syntax error in input for target t'],
    [{ InputPath: '$..x' }, 'Invalid JSONPath $..x for target t.'],
    [{ InputPath: '$.detail', Input: '{}' }, 'Only one of Input, InputPath, or InputTransformer must be provided for target t.'],
    [{ InputTransformer: { InputTemplate: '"<nope>"' } }, 'InputTemplate for target t contains invalid placeholder nope.'],
  ])('refuses %j', (target, message) => {
    const events = new TestEvents();
    events.rule({ pattern: { source: ['shop'] } });
    const error = events.errorOf('PutTargets', { Rule: 'rule', Targets: [{ Id: 't', Arn: queueArn('jobs'), ...target }] });
    expect(error).toMatchObject({ code: 'ValidationException', message });
  });
});
