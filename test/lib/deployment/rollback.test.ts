import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Api, Consumer, HandlerFunction, Projection } from 'millrace';
import { LocalCloud } from 'millrace/local';
import { type LocalAssembly, synthesizeLocally } from 'millrace/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Placed, placeOrder } from './failing.ts';

class Shop extends Stack {
  constructor(app: App) {
    super(app, 'Shop');
    const fn = (id: string, handler: string) =>
      new HandlerFunction(this, id, { entry: new URL('./failing.ts', import.meta.url), handler, deployment: 'canary' });
    new Api(this, 'Api', { routes: [{ route: placeOrder, handler: fn('Orders', 'orders') }] });
    const mail = new Consumer(this, 'Mail', { handler: fn('SendMail', 'mail') });
    const board = new Projection(this, 'Board', { handler: fn('Draw', 'board') });
    new CfnOutput(this, 'MailQueue', { value: mail.queue.queueUrl });
    new CfnOutput(this, 'BoardQueue', { value: board.queue.queueUrl });
  }
}

describe('a new version whose handlers fail without failing as functions', () => {
  let assembly: LocalAssembly;
  let cloud: LocalCloud;
  beforeAll(async () => {
    assembly = synthesizeLocally((app) => new Shop(app));
    cloud = await LocalCloud.fromAssembly(assembly.directory);
  });
  afterAll(async () => {
    await cloud.stop();
    assembly.remove();
  });

  const raised = async (name: RegExp): Promise<string[]> => {
    const { MetricAlarms = [] } = await cloud.client(new CloudWatchClient({})).send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    return MetricAlarms.map(({ AlarmName = '' }) => AlarmName)
      .filter((alarm) => name.test(alarm))
      .sort();
  };

  it('raises the alarms by which it is taken back', async () => {
    expect(await raised(/Live/)).toEqual([]);
    expect((await cloud.fetch('/v1/orders', { method: 'POST' })).status).toBe(500);
    const event = JSON.stringify(
      Placed.create({ id: 'o-1' }, { source: 'shop', sequence: 1, time: cloud.kernel.now(), correlationid: 'flow-1' }),
    );
    for (const QueueUrl of [cloud.outputs.MailQueue, cloud.outputs.BoardQueue])
      await cloud.client(new SQSClient({})).send(new SendMessageCommand({ QueueUrl, MessageBody: event }));
    await cloud.advance({ minutes: 1 });
    expect(await raised(/Live/)).toEqual([
      expect.stringContaining('DrawLiveFailures'),
      expect.stringContaining('OrdersLiveFailures'),
      expect.stringContaining('SendMailLiveFailures'),
    ]);
  });
});
