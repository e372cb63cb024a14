import type { StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { documentClient, resumeSaga, sagaStarter, sfnClient } from '../../../lambdas/runtime/index.ts';
import { AwsError } from '../../../local/kernel/index.ts';
import { connect } from '../../../local/sdk/index.ts';
import { lambdaContext, TestCloud } from '../consumer/cloud.ts';
import { deposited, sqsEvent, sqsRecord } from '../consumer/events.ts';

process.env.MILLRACE_STATE_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:Booking';
process.env.MILLRACE_PARKING_TABLE = 'parking';

const started = new Map<string, StartExecutionCommandInput>();
let refuse: AwsError | undefined;

connect(sfnClient() as never, {
  call: async ({ input }) => {
    if (refuse) throw refuse;
    const request = input as StartExecutionCommandInput;
    const name = request.name ?? '';
    if (started.has(name)) throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${name}'`);
    started.set(name, request);
    return { executionArn: `arn:${name}`, startDate: new Date() };
  },
  sleep: () => Promise.resolve(),
  random: () => 0,
});

let cloud: TestCloud;

beforeEach(() => {
  cloud = new TestCloud();
  cloud.table('parking', ['pk', 'sk']);
  started.clear();
  refuse = undefined;
});

describe('a parked saga', () => {
  it('is resumed once, as another execution of the same saga', async () => {
    const payload = JSON.stringify({ sagaId: 'b-1', data: {}, resumeAt: 'creditPoints' });
    const Item = { pk: 'saga#Booking', sk: 'b-1', kind: 'saga', reason: 'Error', resumeAt: 'creditPoints', parkedAt: 17, payload };
    await documentClient().send(new PutCommand({ TableName: 'parking', Item }));
    const place = {
      client: documentClient(),
      sfn: sfnClient(),
      parkingTable: 'parking',
      stateMachineArn: process.env.MILLRACE_STATE_MACHINE ?? '',
    };
    expect(await resumeSaga(place, 'Booking', 'b-1')).toMatchObject({ ok: true });
    expect([...started].map(([name, { input }]) => [name, input])).toEqual([['b-1-resumed-17', payload]]);
    expect(await resumeSaga(place, 'Booking', 'b-1')).toEqual({ ok: false, reason: 'not-found' });
    // Killed after the start and before the entry was removed: it is not started again.
    await documentClient().send(new PutCommand({ TableName: 'parking', Item }));
    expect(await resumeSaga(place, 'Booking', 'b-1')).toMatchObject({ ok: true });
    expect(started.size).toBe(1);
  });
});

describe('the starter of a saga', () => {
  it('names the execution after the subject, and gives it the data and where it came from', async () => {
    await sagaStarter()(sqsEvent(sqsRecord(deposited('b-1', 1, 5))), lambdaContext);
    const request = started.get('b-1');
    expect(request?.stateMachineArn).toBe(process.env.MILLRACE_STATE_MACHINE);
    expect(JSON.parse(request?.input ?? '')).toEqual({
      sagaId: 'b-1',
      data: { account: 'b-1', amount: 5 },
      correlationid: 'flow-b-1',
      causationid: 'bank/b-1/1',
    });
  });

  it('starts nothing twice', async () => {
    const event = sqsEvent(sqsRecord(deposited('b-1', 1)), sqsRecord(deposited('b-1', 1)), sqsRecord(deposited('b-1', 2)));
    expect(await sagaStarter()(event, lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(started.size).toBe(1);
  });

  it('parks what is no event, and lets come again what Step Functions would not start', async () => {
    expect(await sagaStarter()(sqsEvent(sqsRecord('garbage', 1, { id: 'm1' })), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(await cloud.items('parking')).toMatchObject([{ pk: 'saga-start#Booking', reason: 'unreadable', payload: 'garbage' }]);
    refuse = new AwsError('StateMachineDeleting', 'State machine is being deleted');
    const response = await sagaStarter()(sqsEvent(sqsRecord(deposited('b-1', 1), 1, { id: 'm2' })), lambdaContext);
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm2' }]);
  });
});
