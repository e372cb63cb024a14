import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { invalidArgument } from '../errors.ts';

/** Where one kind of event goes. */
export interface Destination {
  readonly id: string;
  readonly kind: 'sqs' | 'sns' | 'lambda';
  readonly arn: string;
}

type Configuration = NonNullable<
  | NotificationConfiguration['QueueConfigurations']
  | NotificationConfiguration['TopicConfigurations']
  | NotificationConfiguration['LambdaFunctionConfigurations']
>[number];

interface Entry extends Destination {
  readonly configuration: Configuration;
}

/** The destinations of a configuration, each with its events and filter. */
export function entriesOf(configuration: NotificationConfiguration): Entry[] {
  return [
    ...(configuration.QueueConfigurations ?? []).map((entry) => entryOf('sqs', entry.QueueArn, entry)),
    ...(configuration.TopicConfigurations ?? []).map((entry) => entryOf('sns', entry.TopicArn, entry)),
    ...(configuration.LambdaFunctionConfigurations ?? []).map((entry) => entryOf('lambda', entry.LambdaFunctionArn, entry)),
  ];
}

/** The destinations that an event goes to. */
export function destinationsFor(configuration: NotificationConfiguration, eventName: string, key: string): Destination[] {
  return entriesOf(configuration).filter(({ configuration: { Events: events = [], Filter: filter } }) => {
    const named = events.some((event) => {
      const name = event.replace(/^s3:/, '');
      return name.endsWith('*') ? eventName.startsWith(name.slice(0, -1)) : eventName === name;
    });
    return named && (filter?.Key?.FilterRules ?? []).every(({ Name, Value = '' }) => ruleHolds(Name, Value, key));
  });
}

/** @throws AwsError `InvalidArgument` for an ARN, event or filter that S3 does not take */
export function checkConfiguration(configuration: NotificationConfiguration): void {
  const NAMES = { sqs: 'Queue', sns: 'Topic', lambda: 'CloudFunction' } as const;
  for (const { kind, arn, configuration: entry } of entriesOf(configuration)) {
    if (!new RegExp(`^arn:[^:]+:${kind}:[^:]*:\\d{12}:.+$`).test(arn))
      throw invalidArgument('The ARN could not be parsed', NAMES[kind], arn);
    if (kind !== 'lambda' && arn.endsWith('.fifo')) {
      throw invalidArgument('Unable to validate the following destination configurations', arn, 'FIFO destinations are not supported');
    }
    if ((entry.Events ?? []).length === 0) throw invalidArgument('Events must not be empty', 'Events');
    for (const event of entry.Events ?? []) {
      if (
        !/^s3:(ObjectCreated|ObjectRemoved|ObjectTagging|ObjectRestore|ObjectAcl|Replication|LifecycleExpiration|LifecycleTransition|IntelligentTiering|ReducedRedundancyLostObject|TestEvent)(:|$)/.test(
          event,
        )
      ) {
        throw invalidArgument('The event is not supported for notifications', 'Event', event);
      }
    }
    for (const { Name } of entry.Filter?.Key?.FilterRules ?? []) {
      if (!/^(prefix|suffix)$/i.test(Name ?? ''))
        throw invalidArgument('filter rule name must be either prefix or suffix', 'FilterRule.Name', Name);
    }
  }
}

function entryOf(kind: Destination['kind'], arn: string | undefined, configuration: Configuration): Entry {
  return { id: configuration.Id ?? '', kind, arn: arn ?? '', configuration };
}

function ruleHolds(name: string | undefined, value: string, key: string): boolean {
  return name?.toLowerCase() === 'prefix' ? key.startsWith(value) : key.endsWith(value);
}
