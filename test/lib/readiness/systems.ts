import { App, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import * as z from 'zod/mini';
import { GlobalAirStack } from '../../../examples/globalair/stack.ts';
import { defineEvent, defineRoute } from '../../../lambdas/contracts/index.ts';
import {
  Api,
  Consumer,
  createAlarm,
  Dashboard,
  type Deployment,
  EventBus,
  EventStream,
  FailureBucket,
  FanOut,
  FeatureFlags,
  HandlerFunction,
  InboxTable,
  Outbox,
  ParkingTable,
  Projection,
  Saga,
  sendAlarms,
  tagConstruct,
  toBus,
  toFunction,
  toQueue,
  toStateMachine,
  toStream,
  toTopic,
} from '../../../lib/index.ts';

/** What a construct is given beside what it needs: nothing at all, or a customer-managed key. */
export interface Given {
  readonly encryptionKey?: IKey;
}

const data = z.object({ id: z.string() });
const subject = ({ id }: { readonly id: string }) => id;
export const Placed = defineEvent('shop.order.placed', { version: 1, subject, data });
export const Paid = defineEvent('shop.order.paid', { version: 1, subject, data });
export const placeOrder = defineRoute('POST /orders', { body: data });
export const getOrder = defineRoute('GET /orders/{id}');

const VPC = {
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  availabilityZones: ['us-east-1a'],
  privateSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
  privateSubnetRouteTableIds: ['rtb-1'],
};
const entry = new URL('./handler.ts', import.meta.url);

export function fn(scope: Stack, id: string, given: Given = {}): HandlerFunction {
  return new HandlerFunction(scope, id, { entry, ...given });
}

/** Each construct with what it does by default; the ways in which one differs from another are there, too. */
export const CONSTRUCTS = {
  HandlerFunction: (stack, given) => {
    fn(stack, 'Plain', given);
    new HandlerFunction(stack, 'InVpc', {
      entry,
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', VPC),
      ...given,
    });
  },
  Api: (stack, given) => {
    const handler = fn(stack, 'Orders', given);
    new Api(stack, 'Api', {
      routes: [
        { route: placeOrder, handler },
        { route: getOrder, handler },
      ],
      authorizer: 'none',
      ...given,
    });
  },
  Dashboard: (stack, given) => {
    new Dashboard(stack, 'Dashboard', { business: { Sold: [fn(stack, 'Sell', given).metricMeasured('Sold')] } });
  },
  EventBus: (stack, given) => {
    const bus = new EventBus(stack, 'Bus', { logEverything: true, ...given });
    const consumer = new Consumer(stack, 'Consumer', { handler: fn(stack, 'Consume', given), ...given });
    const saga = new Saga(stack, 'Saga', { steps: [{ name: 'act', kind: 'retriable', handler: fn(stack, 'Act', given) }], ...given });
    bus.route(Placed, toQueue(consumer.queue));
    bus.route(Placed, toTopic(new FanOut(stack, 'News', given).topic));
    bus.route(Placed, toStream(new EventStream(stack, 'Flow', given).stream));
    bus.route(Placed, toFunction(fn(stack, 'Handle', given)));
    bus.route(Placed, toStateMachine(saga.stateMachine));
    bus.route(Placed, toBus(new EventBus(stack, 'Other', given).eventBus));
    bus.grantPut(fn(stack, 'Put', given));
  },
  Outbox: (stack, given) => {
    const outbox = new Outbox(stack, 'Outbox', { bus: new EventBus(stack, 'Bus', given), ...given });
    outbox.grantCommit(fn(stack, 'Commit', given));
  },
  FanOut: (stack, given) => {
    const news = new FanOut(stack, 'News', given);
    news.subscribe(new Consumer(stack, 'Mail', { handler: fn(stack, 'SendMail', given), ...given }), { events: [Paid] });
    news.grantPublish(fn(stack, 'Publish', given));
    const ordered = new FanOut(stack, 'Ordered', { fifo: true, ...given });
    ordered.subscribe(new Consumer(stack, 'Ledger', { handler: fn(stack, 'Book', given), fifo: true, ...given }));
  },
  Consumer: (stack, given) => {
    new Consumer(stack, 'Standard', { handler: fn(stack, 'One', given), ...given });
    new Consumer(stack, 'Fifo', { handler: fn(stack, 'Two', given), fifo: true, ...given });
  },
  EventStream: (stack, given) => {
    const stream = new EventStream(stack, 'Clicks', given);
    stream.grantWrite(fn(stack, 'Write', given));
    stream.addConsumer('Count', { handler: fn(stack, 'CountClicks', given), tumblingWindow: Duration.minutes(1) });
  },
  Projection: (stack, given) => {
    const stream = new EventStream(stack, 'Clicks', given);
    const board = new Projection(stack, 'Board', { handler: fn(stack, 'Show', given), from: { stream }, ...given });
    board.grantRead(fn(stack, 'Read', given));
    new Projection(stack, 'Queued', { handler: fn(stack, 'ShowQueued', given), ...given });
  },
  Saga: (stack, given) => {
    const bus = new EventBus(stack, 'Bus', given);
    const saga = new Saga(stack, 'Order', {
      steps: [
        { name: 'reserve', kind: 'compensatable', handler: fn(stack, 'Reserve', given) },
        { name: 'pay', kind: 'pivot', handler: fn(stack, 'Pay', given) },
        { name: 'ship', kind: 'retriable', handler: fn(stack, 'Ship', given) },
      ],
      onCompensated: fn(stack, 'Tell', given),
      ...given,
    });
    saga.startOn(bus, Placed);
  },
  FeatureFlags: (stack, given) => {
    const slow = createAlarm(stack, 'Slow', {
      severity: 'warning',
      metric: fn(stack, 'Sell', given).metricDuration(),
      threshold: 9_000,
      description: 'Selling takes long. If a flag has just changed, it is changed back.',
    });
    tagConstruct(stack, 'Shop');
    new FeatureFlags(stack, 'Flags', { flags: { dark: true }, rollbackAlarms: slow ? [slow] : [], ...given }).grantRead(
      fn(stack, 'Look', given),
    );
  },
  GradualDeployment: (stack, given) => {
    const careful = (id: string, deployment: Deployment) => new HandlerFunction(stack, id, { entry, deployment, ...given });
    const api = careful('Orders', 'canary');
    new Api(stack, 'Api', { routes: [{ route: placeOrder, handler: api }], authorizer: 'none', ...given });
    new Consumer(stack, 'Mail', { handler: careful('Send', 'linear'), ...given });
    const clicks = new EventStream(stack, 'Clicks', given);
    clicks.addConsumer('Count', { handler: careful('CountClicks', { kind: 'linear', percent: 20, interval: Duration.minutes(7) }) });
    const act = careful('Act', { kind: 'canary', errors: false });
    new Saga(stack, 'Order', { steps: [{ name: 'act', kind: 'compensatable', handler: act }], ...given });
    new EventBus(stack, 'Bus', given).route(Placed, toFunction(careful('Handle', { kind: 'canary', errors: 5 })));
  },
  InboxTable: (stack, given) => {
    new InboxTable(stack, 'Inbox', given).grantSideEffects(fn(stack, 'Charge', given), new ParkingTable(stack, 'Set aside', given));
  },
  FailureBucket: (stack, given) => {
    new FailureBucket(stack, 'Failures', given);
  },
} satisfies Record<string, (stack: Stack, given: Given) => void>;

export const SYSTEMS = [...Object.keys(CONSTRUCTS), 'GlobalAir'];

/** Functions without the SDK: their code is not looked at here. */
export const FAST = { 'millrace:aws-sdk': 'runtime' };

export interface Built {
  readonly app: App;
  readonly stack: Stack;
}

/** A stack with one construct's defaults, or GlobalAir; its alarms go to a topic. */
export function build(system: string, context: Record<string, unknown> = {}): Built {
  const app = new App({ context: { ...FAST, ...context }, analyticsReporting: false });
  const stack = system === 'GlobalAir' ? new GlobalAirStack(app, 'GlobalAir') : new Stack(app, 'Shop');
  if (Object.hasOwn(CONSTRUCTS, system)) CONSTRUCTS[system as keyof typeof CONSTRUCTS](stack, {});
  return { app, stack };
}

/** Alarms of everything in `scope` to a topic. */
export function alarmTo(scope: IConstruct, stack: Stack, key?: IKey): void {
  sendAlarms(scope, new FanOut(stack, 'Alarms', key === undefined ? {} : { encryptionKey: key }).topic);
}
