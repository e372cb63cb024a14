import { arn } from '../../kernel/index.ts';
import { type Input, named } from '../permission.ts';

/** The resources that calls name, by service; undefined where they name none. */

/** A token of AppConfig says what it was given for: `application/environment/profile|id`. */
export function configuration(input: Input): string {
  const identifiers = [input.ApplicationIdentifier, input.EnvironmentIdentifier, input.ConfigurationProfileIdentifier];
  const [application, environment, profile] =
    typeof input.ConfigurationToken === 'string' ? (input.ConfigurationToken.split('|')[0]?.split('/') ?? []) : identifiers;
  return arn('appconfig', `application/${application}/environment/${environment}/configuration/${profile}`);
}

/** A version or alias that is named is a resource of its own; a function may be named by its name, a part of its ARN or the whole. */
export function lambdaFunction({ FunctionName: name, Qualifier: qualifier }: Input): string | undefined {
  if (name === undefined) return undefined;
  const text = String(name);
  const functionArn = text.startsWith('arn:') ? text : arn('lambda', `function:${text.replace(/^(?:\d{12}:)?(?:function:)?/, '')}`);
  return qualifier === undefined || functionArn.split(':').length > 7 ? functionArn : `${functionArn}:${String(qualifier)}`;
}

/** A parameter's version or label, behind a colon, is no part of the resource. */
export function parameter(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  const text = String(name);
  const path = text.startsWith('arn:') ? text.replace(/^(?:[^:]*:){5}parameter/, '') : text;
  return arn('ssm', `parameter/${path.replace(/^\//, '').replace(/:.*$/, '')}`);
}

/** A schedule belongs to a group. */
export function schedule(input: Input, operation: string): string | undefined {
  if (input.ResourceArn !== undefined) return String(input.ResourceArn);
  if (input.Name === undefined) return undefined;
  if (operation.endsWith('ScheduleGroup')) return arn('scheduler', `schedule-group/${String(input.Name)}`);
  return arn('scheduler', `schedule/${String(input.GroupName ?? 'default')}/${String(input.Name)}`);
}

export function queue({ QueueUrl: url, QueueName: name, SourceArn: moved }: Input): string | undefined {
  if (moved !== undefined) return String(moved);
  const last =
    String(url ?? name ?? '')
      .split('/')
      .at(-1) ?? '';
  return last === '' ? undefined : named('sqs', '', last);
}

/** A shard iterator is opaque to callers; ours is base64 and starts with the name of the stream it reads. */
export function stream({ StreamARN, StreamName, ConsumerARN, ResourceARN, ShardIterator: iterator }: Input): unknown {
  const given = StreamARN ?? ConsumerARN ?? ResourceARN;
  if (iterator === undefined) return given ?? named('kinesis', 'stream/', StreamName);
  const [name = ''] = Buffer.from(String(iterator), 'base64').toString().split(' ');
  return /^[\w.-]{1,128}$/.test(name) ? named('kinesis', 'stream/', name) : given;
}

/** Rules of the default bus have no bus in their ARN. */
export function rule(input: Input, operation: string): string | undefined {
  if (!/Rule|Targets/.test(operation)) return undefined;
  const name = input.Name ?? input.Rule;
  if (name === undefined) return undefined;
  const bus = String(input.EventBusName ?? 'default').replace(/^arn:.*event-bus\//, '');
  return arn('events', `rule/${bus === 'default' ? '' : `${bus}/`}${String(name)}`);
}

/** A version or alias of a state machine is judged as the machine. */
export function stateMachine({ stateMachineArn: named }: Input): string | undefined {
  return named === undefined ? undefined : String(named).split(':').slice(0, 7).join(':');
}
