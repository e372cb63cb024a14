import { describe, expect, it } from 'vitest';
import { fake, lambdaCloud } from './support.ts';

const FAILS = "export const handler = async (event) => { console.log(Date.now()); throw new Error('no'); };";
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:failed';

const asynchronous = (name: string, event: object) => ({
  service: 'lambda' as const,
  operation: 'Invoke',
  input: { FunctionName: name, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event)) },
});

describe('an asynchronous invocation', () => {
  it('is retried after one and two more minutes, then sent to the on-failure destination', async () => {
    const sqs = fake('sqs');
    const cloud = lambdaCloud({}, sqs.service);
    cloud.create('fails', FAILS);
    const put = { FunctionName: 'fails', DestinationConfig: { OnFailure: { Destination: QUEUE } } };
    await cloud.call({ service: 'lambda', operation: 'PutFunctionEventInvokeConfig', input: put });
    const from = cloud.kernel.now();
    expect(await cloud.call(asynchronous('fails', { n: 1 }))).toMatchObject({ StatusCode: 202 });
    expect(
      cloud.lambda.logs
        .lines('fails')
        .filter((line) => line.level === 'INFO')
        .map((line) => line.time - from),
    ).toEqual([0, 60_000, 180_000]);
    expect(sqs.calls).toHaveLength(1);
    expect(sqs.calls[0]).toMatchObject({ operation: 'SendMessage', principal: 'arn:aws:iam::000000000000:role/fails' });
    expect(JSON.parse(String(sqs.calls[0]?.input.MessageBody))).toMatchObject({
      version: '1.0',
      requestContext: {
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fails:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'no' },
    });
  });

  it('sends the event itself to a dead-letter queue', async () => {
    const sqs = fake('sqs');
    const cloud = lambdaCloud({}, sqs.service);
    cloud.create('fails', FAILS, { DeadLetterConfig: { TargetArn: QUEUE } });
    await cloud.call(asynchronous('fails', { n: 2 }));
    expect(sqs.calls[0]?.input).toMatchObject({ MessageBody: '{"n":2}', MessageAttributes: { ErrorMessage: { StringValue: 'no' } } });
  });

  it('tells of success, and takes its settings from its configuration', async () => {
    const sns = fake('sns');
    const cloud = lambdaCloud({}, sns.service);
    cloud.create('fails', FAILS);
    cloud.create('works', 'export const handler = async () => "done";');
    for (const name of ['fails', 'works']) {
      const Destination = `arn:aws:sns:us-east-1:000000000000:${name}`;
      const input = {
        FunctionName: name,
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnSuccess: { Destination }, OnFailure: { Destination } },
      };
      await cloud.call({ service: 'lambda', operation: 'PutFunctionEventInvokeConfig', input });
      await cloud.call(asynchronous(name, {}));
    }
    const records = sns.calls.map((call) => JSON.parse(String(call.input.Message)));
    expect(records.map((record) => [record.requestContext.condition, record.requestContext.approximateInvokeCount])).toEqual([
      ['RetriesExhausted', 1],
      ['Success', 1],
    ]);
  });

  it('waits for capacity until it is too old', async () => {
    const cloud = lambdaCloud();
    cloud.create('busy', 'export const handler = async () => { await new Promise((r) => setTimeout(r, 60_000)); };', { Timeout: 120 });
    await cloud.call({
      service: 'lambda',
      operation: 'PutFunctionConcurrency',
      input: { FunctionName: 'busy', ReservedConcurrentExecutions: 1 },
    });
    let ended = 0;
    cloud.lambda.watch(() => {
      ended += 1;
    });
    void cloud.kernel.call(asynchronous('busy', {}));
    void cloud.kernel.call(asynchronous('busy', {}));
    await cloud.kernel.advance(1000);
    expect(cloud.lambda.pending()).toEqual(
      expect.arrayContaining([
        { resource: 'arn:aws:lambda:us-east-1:000000000000:function:busy', what: 'running invocations', count: 1 },
        { resource: 'arn:aws:lambda:us-east-1:000000000000:function:busy', what: 'queued asynchronous invocations', count: 2 },
      ]),
    );
    await cloud.kernel.settle();
    expect(ended).toBe(2);
    expect(cloud.lambda.pending()).toEqual([]);
  });
});
