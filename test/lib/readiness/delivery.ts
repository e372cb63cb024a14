import type { Property } from './permissions.ts';
import { at, type Entry, list, mentioned, needs, resources, type Template, target } from './template.ts';

const TWO_WEEKS = 14 * 86_400;

const names = (entries: readonly Entry[]): string[] => entries.map(({ id, Type }) => `${id} (${Type})`);

/** Alarms on a metric of one resource. */
function alarmed(template: Template, metric: string, id: string): boolean {
  return resources(template, 'AWS::CloudWatch::Alarm').some(
    (alarm) => alarm.get('MetricName') === metric && alarm.list('Dimensions').some((dimension) => target(at(dimension, 'Value')) === id),
  );
}

/** Queues in which failures end: of queues, of rules, of subscriptions, of functions, of buses. */
function deadLetterQueues(template: Template): Set<string> {
  const ids = resources(template).flatMap((entry) => [
    redriveTarget(entry),
    target(entry.get('DeadLetterConfig', 'Arn')),
    target(entry.get('DestinationConfig', 'OnFailure', 'Destination')),
    ...entry.list('Targets').map((each) => target(at(each, 'DeadLetterConfig', 'Arn'))),
  ]);
  return new Set(ids.filter((id) => id !== undefined));
}

function redriveTarget(entry: Entry): string | undefined {
  const policy = entry.get('RedrivePolicy');
  return target(at(policy, 'deadLetterTargetArn'));
}

/** Functions that somebody invokes without waiting for them: rules and topics. */
function asynchronous(template: Template): Set<string> {
  const invoked = [
    ...resources(template, 'AWS::Events::Rule').flatMap((rule) => rule.list('Targets').map((each) => target(at(each, 'Arn')))),
    ...resources(template, 'AWS::SNS::Subscription').map((subscription) => target(subscription.get('Endpoint'))),
  ];
  return new Set(
    invoked
      .filter((id) => id !== undefined)
      .filter((id) => ['AWS::Lambda::Function', 'AWS::Lambda::Alias'].includes(template.Resources[id]?.Type ?? '')),
  );
}

/** The function behind a function's or alias's logical id. */
function functionOf(template: Template, id: string | undefined): string | undefined {
  const resource = template.Resources[id ?? ''];
  return resource?.Type === 'AWS::Lambda::Alias' ? target(at(resource.Properties, 'FunctionName')) : id;
}

export const DELIVERY: readonly Property[] = [
  {
    says: 'every target of a rule has a dead-letter queue',
    caught: 'Rule',
    violations: (template) =>
      names(
        resources(template, 'AWS::Events::Rule').filter((rule) =>
          rule.list('Targets').some((each) => !target(at(each, 'DeadLetterConfig', 'Arn'))),
        ),
      ),
  },
  {
    says: 'every subscription has a dead-letter queue',
    caught: 'Subscription',
    violations: (template) => names(resources(template, 'AWS::SNS::Subscription').filter((subscription) => !redriveTarget(subscription))),
  },
  {
    says: 'every source of a function answers per record, and loses none: a queue has a dead-letter queue, a stream gives up after some tries, to a bucket',
    caught: 'Mapping',
    violations: (template) =>
      names(
        resources(template, 'AWS::Lambda::EventSourceMapping').filter((mapping) => {
          if (!mapping.list('FunctionResponseTypes').includes('ReportBatchItemFailures')) return true;
          const source = template.Resources[target(mapping.get('EventSourceArn')) ?? ''];
          if (source?.Type === 'AWS::SQS::Queue') return at(source.Properties, 'RedrivePolicy') === undefined;
          const bucket = template.Resources[target(mapping.get('DestinationConfig', 'OnFailure', 'Destination')) ?? ''];
          return !(Number(mapping.get('MaximumRetryAttempts')) >= 0) || bucket?.Type !== 'AWS::S3::Bucket';
        }),
      ),
  },
  {
    says: 'every function that is invoked without being waited for has a failure destination',
    caught: 'Function',
    violations: (template) => {
      const kept = new Set(
        resources(template, 'AWS::Lambda::EventInvokeConfig')
          .filter((config) => target(config.get('DestinationConfig', 'OnFailure', 'Destination')))
          // Of an alias it is set apart, by its qualifier.
          .map((config) => mentioned(config.get('Qualifier'))[0] ?? target(config.get('FunctionName'))),
      );
      return [...asynchronous(template)].filter((id) => !kept.has(id));
    },
  },
  {
    says: 'dead letters are kept for two weeks, and the first one raises an alarm',
    caught: 'Dead',
    violations: (template) => {
      const dead = deadLetterQueues(template);
      return names(
        resources(template, 'AWS::SQS::Queue').filter(
          (queue) =>
            dead.has(queue.id) &&
            !(queue.get('MessageRetentionPeriod') === TWO_WEEKS && alarmed(template, 'ApproximateNumberOfMessagesVisible', queue.id)),
        ),
      );
    },
  },
  {
    says: 'every other queue has a dead-letter queue, and an alarm on the age of its messages',
    caught: 'Queue',
    violations: (template) => {
      const dead = deadLetterQueues(template);
      return names(
        resources(template, 'AWS::SQS::Queue').filter(
          (queue) => !dead.has(queue.id) && !(redriveTarget(queue) && alarmed(template, 'ApproximateAgeOfOldestMessage', queue.id)),
        ),
      );
    },
  },
  {
    says: 'every reader of a stream has an alarm on how far it is behind',
    caught: 'Mapping',
    violations: (template) =>
      names(
        resources(template, 'AWS::Lambda::EventSourceMapping').filter((mapping) => {
          const fn = functionOf(template, target(mapping.get('FunctionName')));
          const fromQueue = template.Resources[target(mapping.get('EventSourceArn')) ?? '']?.Type === 'AWS::SQS::Queue';
          return !fromQueue && fn !== undefined && !alarmed(template, 'IteratorAge', fn);
        }),
      ),
  },
  {
    says: 'every reader of an event stream has an alarm on records that it gave up',
    caught: 'Mapping',
    violations: (template) =>
      names(
        resources(template, 'AWS::Lambda::EventSourceMapping').filter(
          (mapping) =>
            template.Resources[target(mapping.get('EventSourceArn')) ?? '']?.Type === 'AWS::Kinesis::Stream' &&
            !(
              mapping.list('MetricsConfig', 'Metrics').includes('EventCount') &&
              alarmed(template, 'OnFailureDestinationDeliveredEventCount', mapping.id)
            ),
        ),
      ),
  },
  {
    says: 'every state machine has alarms on executions that fail, run out of time, are stopped, or take too long',
    caught: 'Machine',
    violations: (template) =>
      resources(template, 'AWS::StepFunctions::StateMachine').flatMap(({ id }) =>
        ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted', 'ExecutionTime']
          .filter((metric) => !alarmed(template, metric, id))
          .map((metric) => `${id}: ${metric}`),
      ),
  },
  {
    says: 'alarms say what they mean and what to do, and how bad it is',
    caught: 'Alarm',
    violations: (template) =>
      names(
        resources(template, 'AWS::CloudWatch::Alarm').filter((alarm) => {
          const description = JSON.stringify(alarm.get('AlarmDescription') ?? '');
          return !/\[(critical|warning)\] .{40,}/.test(description);
        }),
      ),
  },
  {
    says: 'alarms are told to somebody, also when they end',
    caught: 'Alarm',
    violations: (template) =>
      names(
        resources(template, 'AWS::CloudWatch::Alarm').filter(
          (alarm) => alarm.list('AlarmActions').length === 0 || alarm.list('OKActions').length === 0,
        ),
      ),
  },
];

/** CloudFormation refuses a template whose resources need each other. */
export const NO_CYCLES: Property = {
  says: 'no resources need each other',
  caught: 'One',
  violations: (template) => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (id: string, path: readonly string[]): void => {
      if (path.includes(id)) cycles.push([...path.slice(path.indexOf(id)), id].join(' → '));
      const resource = template.Resources[id];
      if (done.has(id) || !resource || path.includes(id)) return;
      for (const next of list(needs(resource))) visit(String(next), [...path, id]);
      done.add(id);
    };
    for (const id of Object.keys(template.Resources)) visit(id, []);
    return cycles;
  },
};

/** Types that take tags, as their CloudFormation schema says, of what is used here. */
const TAGGED = [
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::StepFunctions::StateMachine',
];

export const TAGS: Property = {
  says: 'every resource is tagged with what it belongs to',
  caught: 'Topic',
  violations: (template) =>
    names(
      resources(template, ...TAGGED).filter(
        (entry) => !entry.list('Tags').some((tag) => at(tag, 'Key') !== undefined && at(tag, 'Value') !== ''),
      ),
    ),
};
