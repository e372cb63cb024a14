import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import { Harness, ROLE } from './harness.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:work';

function machine(resource: string, parameters: object, extra: object = {}): object {
  return { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: resource, Parameters: parameters, End: true, ...extra } } };
}

/** The details of the first event of a type. */
function details(events: readonly HistoryEvent[], type: string): unknown {
  const event = events.find((each) => each.type === type) as Record<string, unknown> | undefined;
  return event?.[`${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`];
}

describe('lambda:invoke', () => {
  test('the answer wraps the payload, in the name of the execution’s role', async () => {
    const harness = new Harness().functions({ work: (event) => ({ got: event }) });
    const ran = await harness.run(machine('arn:aws:states:::lambda:invoke', { FunctionName: FUNCTION, 'Payload.$': '$' }), { a: 1 });
    expect(ran.output).toMatchObject({ ExecutedVersion: '$LATEST', Payload: { got: { a: 1 } }, StatusCode: 200 });
    expect(ran.output).toHaveProperty('SdkResponseMetadata.RequestId');
    expect(harness.calls[0]).toMatchObject({ operation: 'Invoke', principal: ROLE });
    expect(ran.types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(details(harness.history(ran.arn), 'TaskScheduled')).toMatchObject({
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'us-east-1',
      parameters: JSON.stringify({ FunctionName: FUNCTION, Payload: { a: 1 } }),
    });
  });

  test('a function’s ARN as the resource passes the input as it is', async () => {
    const harness = new Harness().functions({ work: (event) => ({ got: event }) });
    const ran = await harness.run({ StartAt: 'Work', States: { Work: { Type: 'Task', Resource: FUNCTION, End: true } } }, { a: 1 });
    expect(ran.output).toEqual({ got: { a: 1 } });
    expect(ran.types.slice(2, 5)).toEqual(['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded']);
  });

  test('ResultSelector, ResultPath and OutputPath shape the result', async () => {
    const harness = new Harness().functions({ work: () => ({ total: 3 }) });
    const shaping = { ResultSelector: { 'sum.$': '$.Payload.total' }, ResultPath: '$.result', OutputPath: '$.result' };
    const ran = await harness.run(machine('arn:aws:states:::lambda:invoke', { FunctionName: FUNCTION }, shaping));
    expect(ran.output).toEqual({ sum: 3 });
  });

  test('Credentials name the role that calls', async () => {
    const harness = new Harness().functions({ work: () => 1 });
    const role = 'arn:aws:iam::000000000000:role/other';
    const ran = await harness.run(
      machine('arn:aws:states:::lambda:invoke', { FunctionName: FUNCTION }, { Credentials: { RoleArn: role } }),
    );
    expect(harness.calls[0]?.principal).toBe(role);
    expect(details(harness.history(ran.arn), 'TaskScheduled')).toMatchObject({ taskCredentials: { roleArn: role } });
  });
});

describe('optimized integrations', () => {
  test('dynamodb: attribute values pass as they are, errors carry the prefix', async () => {
    const harness = new Harness().stub('dynamodb', {
      PutItem: () => {
        throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
      },
      UpdateItem: () => {
        throw new AwsError('ValidationException', 'Invalid UpdateExpression');
      },
      GetItem: () => ({ Item: { id: { S: 'a' }, blob: { B: Buffer.from('hi') } }, $metadata: {} }),
    });
    const key = { TableName: 't', Key: { id: { 'S.$': '$.id' } } };
    const got = await harness.run(machine('arn:aws:states:::dynamodb:getItem', key), { id: 'a' });
    expect(got.output).toMatchObject({ Item: { id: { S: 'a' }, blob: { B: 'aGk=' } }, SdkHttpMetadata: { HttpStatusCode: 200 } });
    expect(got.output).not.toHaveProperty('$metadata');
    const put = {
      TableName: 't',
      Item: { id: { S: 'a' }, Payload: { M: { eventTime: { S: '2026-01-01T00:00:00Z' } } }, bytes: { B: 'aGk=' } },
    };
    const arn = harness.start(harness.create(machine('arn:aws:states:::dynamodb:putItem', put), { name: 'put' }));
    await harness.kernel.settle();
    expect(harness.ran(arn)).toMatchObject({ status: 'FAILED', error: 'DynamoDB.ConditionalCheckFailedException' });
    expect(harness.calls.at(-1)?.input).toEqual({ ...put, Item: { ...put.Item, bytes: { B: Buffer.from('hi') } } });
    const update = harness.start(harness.create(machine('arn:aws:states:::dynamodb:updateItem', { TableName: 't' }), { name: 'update' }));
    await harness.kernel.settle();
    expect(harness.ran(update).error).toBe('DynamoDB.AmazonDynamoDBException');
  });

  test('sqs and sns: bodies written as JSON become text', async () => {
    const harness = new Harness()
      .stub('sqs', { SendMessage: () => ({ MessageId: 'm' }) })
      .stub('sns', { Publish: () => ({ MessageId: 'n' }) });
    const sent = await harness.run({
      StartAt: 'Send',
      States: {
        Send: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage',
          Parameters: { QueueUrl: 'q', 'MessageBody.$': '$' },
          Next: 'Tell',
        },
        Tell: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Parameters: { TopicArn: 't', Message: { a: 1 } }, End: true },
      },
    });
    expect(sent.output).toMatchObject({ MessageId: 'n' });
    expect(harness.calls.map((call) => call.input)).toEqual([
      { QueueUrl: 'q', MessageBody: '{}' },
      { TopicArn: 't', Message: '{"a":1}' },
    ]);
  });

  test('events: details become text, the execution joins the resources, a failed entry fails the task', async () => {
    let failed = 0;
    const harness = new Harness().stub('events', { PutEvents: () => ({ FailedEntryCount: failed, Entries: [{ EventId: 'e' }] }) });
    const definition = machine('arn:aws:states:::events:putEvents', { Entries: [{ Source: 's', DetailType: 'd', Detail: { a: 1 } }] });
    const ran = await harness.run(definition);
    expect(ran.status).toBe('SUCCEEDED');
    const put = harness.calls.find((call) => call.principal === ROLE);
    const machineArn = harness.describe(ran.arn).stateMachineArn;
    expect(put?.input).toEqual({ Entries: [{ Source: 's', DetailType: 'd', Detail: '{"a":1}', Resources: [machineArn, ran.arn] }] });
    failed = 1;
    const again = await harness.run(definition);
    expect(again).toMatchObject({ status: 'FAILED', error: 'EventBridge.FailedEntry' });
    expect(JSON.parse(again.cause ?? '')).toMatchObject({ FailedEntryCount: 1 });
  });

  test('a resource that the cloud does not have is refused when the machine is created', () => {
    const harness = new Harness();
    expect(() => harness.create(machine('arn:aws:states:::ecs:runTask.sync', {}))).toThrow(/SCHEMA_VALIDATION_FAILED.*no integration with/);
  });
});

describe('aws-sdk integrations', () => {
  test('any operation, with the SDK for Java’s names', async () => {
    const harness = new Harness().stub('sqs', {
      GetQueueUrl: () => {
        throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
      },
      ListQueues: () => ({ QueueUrls: ['q'] }),
    });
    const listed = await harness.run(machine('arn:aws:states:::aws-sdk:sqs:listQueues', {}));
    expect(listed.output).toEqual({ QueueUrls: ['q'] });
    const arn = harness.start(harness.create(machine('arn:aws:states:::aws-sdk:sqs:getQueueUrl', { QueueName: 'x' }), { name: 'missing' }));
    await harness.kernel.settle();
    expect(harness.ran(arn)).toMatchObject({ error: 'Sqs.QueueDoesNotExistException' });
    expect(harness.ran(arn).cause).toMatch(/^The specified queue does not exist\. \(Service: Sqs, Status Code: 400, Request ID: /);
  });

  test('members of APIs in lower case are shown in upper case, dates as text', async () => {
    const harness = new Harness();
    const child = harness.create({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }, { name: 'child' });
    const ran = await harness.run(machine('arn:aws:states:::aws-sdk:sfn:describeStateMachine', { StateMachineArn: child }));
    expect(ran.output).toMatchObject({ Name: 'child', StateMachineArn: child, CreationDate: '2026-01-01T00:00:00.000Z' });
  });

  test('objects of S3 are read as text, written as JSON', async () => {
    const harness = new Harness().stub('s3', {
      GetObject: () => ({ Body: { transformToString: async () => '{"a":1}' } }),
      PutObject: () => ({ ETag: 'e' }),
    });
    const got = await harness.run(machine('arn:aws:states:::aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k' }));
    expect(got.output).toEqual({ Body: '{"a":1}' });
    harness.start(
      harness.create(machine('arn:aws:states:::aws-sdk:s3:putObject', { Bucket: 'b', Key: 'k', Body: { a: 1 } }), { name: 'put' }),
    );
    await harness.kernel.settle();
    expect(Buffer.from(harness.calls.at(-1)?.input.Body as Uint8Array).toString()).toBe('{"a":1}');
  });
});

describe('callbacks', () => {
  const waiting = (extra: object = {}): object =>
    machine('arn:aws:states:::sqs:sendMessage.waitForTaskToken', { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token' } }, extra);

  function started(extra: object = {}): { harness: Harness; arn: string; token: () => string } {
    const harness = new Harness().stub('sqs', { SendMessage: () => ({ MessageId: 'm' }) });
    const arn = harness.start(harness.create(waiting(extra)));
    const token = (): string => (JSON.parse(String(harness.calls[0]?.input.MessageBody)) as { token: string }).token;
    return { harness, arn, token };
  }

  test('the task ends with what the callback says', async () => {
    const { harness, arn, token } = started();
    await harness.kernel.settle();
    expect(harness.describe(arn).status).toBe('RUNNING');
    expect(harness.kernel.pending()).toEqual([{ resource: expect.stringContaining('machine'), what: 'running executions', count: 1 }]);
    harness.invoke('SendTaskSuccess', { taskToken: token(), output: '{"ok":true}' });
    await harness.kernel.settle();
    expect(harness.ran(arn)).toMatchObject({ status: 'SUCCEEDED', output: { ok: true } });
    expect(harness.types(arn).slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
    expect(() => harness.invoke('SendTaskSuccess', { taskToken: token(), output: '{}' })).toThrow(
      expect.objectContaining({ code: 'TaskTimedOut' }),
    );
  });

  test('a failure is the task’s error', async () => {
    const { harness, arn, token } = started();
    await harness.kernel.settle();
    harness.invoke('SendTaskFailure', { taskToken: token(), error: 'Refused', cause: 'why' });
    expect(harness.ran(arn)).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'why' });
  });

  test('a callback that comes before the call is answered is not lost', async () => {
    const harness = new Harness();
    harness.stub('sqs', {
      SendMessage: (input) => {
        const { token } = JSON.parse(String(input.MessageBody)) as { token: string };
        harness.invoke('SendTaskSuccess', { taskToken: token, output: '1' });
        return { MessageId: 'm' };
      },
    });
    const ran = await harness.run(waiting());
    expect(ran).toMatchObject({ status: 'SUCCEEDED', output: 1 });
    expect(ran.types).toContain('TaskSubmitted');
  });

  test('heartbeats keep a task; without them it times out', async () => {
    const { harness, arn, token } = started({ HeartbeatSeconds: 10, TimeoutSeconds: 60 });
    await harness.kernel.advance(8_000);
    harness.invoke('SendTaskHeartbeat', { taskToken: token() });
    await harness.kernel.advance(8_000);
    expect(harness.describe(arn).status).toBe('RUNNING');
    await harness.kernel.advance(3_000);
    expect(harness.ran(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(harness.types(arn)).toContain('TaskTimedOut');
    expect(() => harness.invoke('SendTaskHeartbeat', { taskToken: token() })).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
  });

  test('a missed heartbeat is caught as States.HeartbeatTimeout, a timeout is not', async () => {
    const caught = (extra: object): object => {
      const definition = waiting({ ...extra, Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Caught' }] }) as { States: object };
      return { ...definition, States: { ...definition.States, Caught: { Type: 'Pass', End: true } } };
    };
    const run = (extra: object): ReturnType<Harness['run']> => new Harness().stub('sqs', { SendMessage: () => ({}) }).run(caught(extra));
    expect((await run({ HeartbeatSeconds: 5, TimeoutSeconds: 50 })).status).toBe('SUCCEEDED');
    expect(await run({ TimeoutSeconds: 5 })).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('an unknown token is refused', () => {
    const harness = new Harness();
    expect(() => harness.invoke('SendTaskSuccess', { taskToken: 'x', output: '1' })).toThrow(
      expect.objectContaining({ code: 'InvalidToken' }),
    );
  });
});

describe('timeouts', () => {
  test('a task that answers too late has timed out; its answer changes nothing', async () => {
    const harness = new Harness();
    harness.stub('lambda', {
      Invoke: () =>
        new Promise((resolve) => harness.kernel.after(30_000, () => resolve({ StatusCode: 200, Payload: Buffer.from('"late"') }))),
    });
    const definition = machine('arn:aws:states:::lambda:invoke', { FunctionName: FUNCTION }, { TimeoutSeconds: 10 });
    const ran = await harness.run(definition);
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
    expect(ran.types.slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed']);
    const { startDate, stopDate } = harness.describe(ran.arn);
    expect(Number(stopDate) - Number(startDate)).toBe(10_000);
  });

  test('the time may come from the input', async () => {
    const harness = new Harness();
    harness.stub('lambda', { Invoke: () => new Promise(() => undefined) });
    const parameters = { FunctionName: FUNCTION };
    const ran = await harness.run(machine('arn:aws:states:::lambda:invoke', parameters, { TimeoutSecondsPath: '$.most' }), { most: 7 });
    expect(ran.error).toBe('States.Timeout');
    expect(Number(harness.describe(ran.arn).stopDate) - Number(harness.describe(ran.arn).startDate)).toBe(7_000);
  });

  test('the machine’s own time ends it as TIMED_OUT', async () => {
    const harness = new Harness();
    const definition = { TimeoutSeconds: 5, StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } };
    const ran = await harness.run(definition);
    expect(ran).toMatchObject({ status: 'TIMED_OUT', error: undefined, cause: undefined });
    expect(harness.history(ran.arn).at(-1)).toMatchObject({ type: 'ExecutionTimedOut', previousEventId: 0 });
    expect(harness.kernel.now() - Number(harness.describe(ran.arn).startDate)).toBe(5_000);
  });
});

describe('nested executions', () => {
  const child = {
    StartAt: 'W',
    States: { W: { Type: 'Wait', Seconds: 60, Next: 'P' }, P: { Type: 'Pass', Parameters: { 'got.$': '$' }, End: true } },
  };

  test.each([
    ['.sync:2', { got: { a: 1 } }],
    ['.sync', '{"got":{"a":1}}'],
  ])('startExecution%s waits for the end, and yields its output', async (suffix, output) => {
    const harness = new Harness();
    const StateMachineArn = harness.create(child, { name: 'child' });
    const ran = await harness.run(
      machine(`arn:aws:states:::states:startExecution${suffix}`, { StateMachineArn, Name: 'one', Input: { a: 1 } }),
    );
    expect(ran.output).toMatchObject({ Name: 'one', Output: output, Status: 'SUCCEEDED', StateMachineArn });
    expect(ran.types.slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
  });

  test('without .sync the task ends when the child has begun', async () => {
    const harness = new Harness();
    const StateMachineArn = harness.create(child, { name: 'child' });
    const arn = harness.start(harness.create(machine('arn:aws:states:::states:startExecution', { StateMachineArn, Input: {} })));
    await harness.kernel.advance(1_000);
    expect(harness.ran(arn)).toMatchObject({ status: 'SUCCEEDED', output: { ExecutionArn: expect.stringContaining(':child:') } });
  });

  test('a child that fails fails the task, with its description as the cause', async () => {
    const harness = new Harness();
    const failing = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Broken', Cause: 'why' } } };
    const StateMachineArn = harness.create(failing, { name: 'child' });
    const ran = await harness.run(machine('arn:aws:states:::states:startExecution.sync:2', { StateMachineArn, Input: {} }));
    expect(ran.error).toBe('States.TaskFailed');
    expect(JSON.parse(ran.cause ?? '')).toMatchObject({ Status: 'FAILED', Error: 'Broken', Cause: 'why', Input: '{}' });
  });

  test('giving the task up stops the child', async () => {
    const harness = new Harness();
    const StateMachineArn = harness.create(child, { name: 'child' });
    const parameters = { StateMachineArn, Name: 'one', Input: {} };
    const ran = await harness.run(machine('arn:aws:states:::states:startExecution.sync:2', parameters, { TimeoutSeconds: 10 }));
    expect(ran.error).toBe('States.Timeout');
    expect(harness.describe(StateMachineArn.replace('stateMachine', 'execution').concat(':one')).status).toBe('ABORTED');
  });

  test('a name that is taken is refused', async () => {
    const harness = new Harness();
    const StateMachineArn = harness.create(child, { name: 'child' });
    harness.start(StateMachineArn, { other: 1 }, 'one');
    const ran = await harness.run(machine('arn:aws:states:::states:startExecution', { StateMachineArn, Name: 'one', Input: {} }));
    expect(ran.error).toBe('StepFunctions.ExecutionAlreadyExistsException');
  });
});

describe('activities', () => {
  test('a worker takes the task and answers it', async () => {
    const harness = new Harness();
    const { activityArn } = harness.invoke<{ activityArn: string }>('CreateActivity', { name: 'paint' });
    const arn = harness.start(harness.create({ StartAt: 'A', States: { A: { Type: 'Task', Resource: activityArn, End: true } } }), {
      a: 1,
    });
    const poll = harness.kernel.invoke({ service: 'states', operation: 'GetActivityTask', input: { activityArn, workerName: 'w' } });
    await harness.kernel.settle();
    const { taskToken, input } = (await poll) as { taskToken: string; input: string };
    expect(input).toBe('{"a":1}');
    harness.invoke('SendTaskSuccess', { taskToken, output: '"red"' });
    expect(harness.ran(arn)).toMatchObject({ status: 'SUCCEEDED', output: 'red' });
    expect(harness.types(arn).slice(2, 5)).toEqual(['ActivityScheduled', 'ActivityStarted', 'ActivitySucceeded']);
  });

  test('a poll without a task ends empty after a minute', async () => {
    const harness = new Harness();
    const { activityArn } = harness.invoke<{ activityArn: string }>('CreateActivity', { name: 'paint' });
    const poll = harness.kernel.invoke({ service: 'states', operation: 'GetActivityTask', input: { activityArn } });
    await harness.kernel.advance(60_000);
    expect(await poll).toEqual({});
  });
});
