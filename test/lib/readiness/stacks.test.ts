import { App, Duration, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { GlobalAirStack } from '../../../examples/globalair/stack.ts';
import {
  Api,
  Consumer,
  EventBus,
  EventStream,
  FanOut,
  Outbox,
  Projection,
  Saga,
  toBus,
  toFunction,
  toQueue,
  toStateMachine,
  toStream,
  toTopic,
} from '../../../lib/index.ts';
import { DATA } from './data.ts';
import { NO_CYCLES } from './delivery.ts';
import { CONSTRUCTS, FAST, fn, getOrder, Paid, Placed, placeOrder } from './systems.ts';
import { resources, type Template, templateOf } from './template.ts';

/** Names that have to be unique in an account or region, as far as a template gives any; of an API because its metrics go by it. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::RestApi': 'Name',
  'AWS::AppConfig::Application': 'Name',
  'AWS::AppConfig::DeploymentStrategy': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::CodeDeploy::Application': 'ApplicationName',
  'AWS::CodeDeploy::DeploymentConfig': 'DeploymentConfigName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::Archive': 'ArchiveName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Kinesis::Stream': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Logs::ResourcePolicy': 'PolicyName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

function fixedNames(template: Template): string[] {
  return resources(template, ...Object.keys(NAMES)).flatMap((entry) => {
    const name = entry.get(NAMES[entry.Type] ?? '');
    return typeof name === 'string' ? [`${entry.Type} ${name}`] : [];
  });
}

describe('two copies of a stack in one account', () => {
  const copy = (stackName: string, build: (app: App, stackName: string) => Stack): string[] => {
    const app = new App({ context: FAST, analyticsReporting: false });
    return fixedNames(templateOf(app, build(app, stackName)));
  };

  it.each(Object.keys(CONSTRUCTS))('of %s have no name in common', (system) => {
    const build = (app: App, stackName: string): Stack => {
      const stack = new Stack(app, 'Same', { stackName });
      CONSTRUCTS[system as keyof typeof CONSTRUCTS](stack, {});
      return stack;
    };
    const blue = copy('Blue', build);
    expect(copy('Green', build).filter((name) => blue.includes(name))).toEqual([]);
  });
});

/** Systems whose parts are in stacks of their own, with the stacks that may depend on each other. */
const SPREAD: Readonly<Record<string, (stack: (id: string) => Stack) => void>> = {
  'an outbox, its bus, and who consumes its events': (stack) => {
    const bus = new EventBus(stack('Bus'), 'Bus');
    const outbox = new Outbox(stack('Orders'), 'Orders', { bus });
    outbox.grantCommit(fn(stack('Front'), 'Commit'));
    const consumer = new Consumer(stack('Mail'), 'Mail', { handler: fn(stack('Mail'), 'Send') });
    bus.route(Placed, toQueue(consumer.queue));
    const news = new FanOut(stack('News'), 'News');
    bus.route(Paid, toTopic(news.topic));
    news.subscribe(consumer, { events: [Paid] });
  },
  'a bus and targets of every kind': (stack) => {
    const bus = new EventBus(stack('Bus'), 'Bus');
    const there = stack('Targets');
    bus.route(Placed, toQueue(new Consumer(there, 'Consumer', { handler: fn(there, 'Consume') }).queue));
    bus.route(Placed, toTopic(new FanOut(there, 'News').topic));
    bus.route(Placed, toStream(new EventStream(there, 'Flow').stream));
    bus.route(Placed, toFunction(fn(there, 'Handle')));
    const saga = new Saga(there, 'Saga', { steps: [{ name: 'act', kind: 'retriable', handler: fn(there, 'Act') }] });
    bus.route(Placed, toStateMachine(saga.stateMachine));
    bus.route(Placed, toBus(new EventBus(there, 'Other').eventBus));
  },
  'a stream and its readers': (stack) => {
    const clicks = new EventStream(stack('Stream'), 'Clicks');
    clicks.grantWrite(fn(stack('Writer'), 'Write'));
    clicks.addConsumer('Count', { handler: fn(stack('Reader'), 'Count'), tumblingWindow: Duration.minutes(1) });
    const board = new Projection(stack('Board'), 'Board', { handler: fn(stack('Board'), 'Show'), from: { stream: clicks } });
    board.grantRead(fn(stack('Api'), 'Read'));
  },
  'a saga and the services that do its steps': (stack) => {
    const bus = new EventBus(stack('Bus'), 'Bus');
    const saga = new Saga(stack('Saga'), 'Order', {
      steps: [
        { name: 'reserve', kind: 'compensatable', handler: fn(stack('Stock'), 'Reserve') },
        { name: 'pay', kind: 'pivot', handler: fn(stack('Payments'), 'Pay') },
      ],
      onCompensated: fn(stack('Orders'), 'Tell'),
    });
    saga.startOn(bus, Placed);
  },
  'an API and the functions behind it': (stack) => {
    new Api(stack('Api'), 'Api', {
      routes: [
        { route: placeOrder, handler: fn(stack('Write'), 'Place') },
        { route: getOrder, handler: fn(stack('Read'), 'Get') },
      ],
    });
  },
};

describe('a system in several stacks', () => {
  it.each(Object.keys(SPREAD))('%s: is synthesized, and no stacks need each other', (system) => {
    const app = new App({ context: FAST, analyticsReporting: false });
    const stacks = new Map<string, Stack>();
    SPREAD[system]?.((id) => {
      const stack = stacks.get(id) ?? new Stack(app, id);
      stacks.set(id, stack);
      return stack;
    });
    // The CDK refuses stacks that need each other.
    app.synth();
    expect(stacks.size).toBeGreaterThan(1);
    expect([...stacks.values()].some((stack) => stack.dependencies.length > 0)).toBe(true);
    for (const stack of stacks.values()) expect(NO_CYCLES.violations(templateOf(app, stack)), stack.stackName).toEqual([]);
  });
});

/** What an upgrade must never replace, data and what others have the address of: with the properties whose change replaces it. */
const STATEFUL: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(DATA.map((type) => [type, []])),
  'AWS::ApiGateway::RestApi': [],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema'],
  'AWS::Events::EventBus': ['Name'],
  'AWS::Kinesis::Stream': ['Name'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 'StateMachineType'],
};

describe('GlobalAir', () => {
  const app = new App({ context: FAST, analyticsReporting: false });
  const template = templateOf(app, new GlobalAirStack(app, 'Airline', { stackName: 'Blue' }));

  it('names nothing that another copy of it would name alike', () => {
    expect(fixedNames(template).filter((name) => !name.includes('Blue'))).toEqual([]);
  });

  it('replaces nothing that holds state when it is upgraded: the logical ids stay, and what they are made with', async () => {
    const held = resources(template, ...Object.keys(STATEFUL)).map((entry) => [
      `${entry.Type} ${entry.id}`,
      Object.fromEntries((STATEFUL[entry.Type] ?? []).map((property) => [property, entry.get(property)])),
    ]);
    const sorted = Object.fromEntries(held.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)));
    await expect(`${JSON.stringify(sorted, undefined, 2)}\n`).toMatchFileSnapshot('./stateful-resources.json');
  });
});
