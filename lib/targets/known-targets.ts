import { withoutGradualUpdate } from './replacements.ts';
import type { Target, TargetName, Treatment } from './target.ts';

const omit = (effect: string): Treatment => ({ action: 'omit', effect });
const refuse = (remedy: string): Treatment => ({ action: 'refuse', remedy });

const NO_REPLAY = omit('events are not archived and cannot be replayed');
const NO_DASHBOARD = omit('there is no dashboard');
const NO_QUERY = omit('saved queries are not there');
const ALL_AT_ONCE = omit('new versions take over all at once, without a rollback');
const ALL_AT_ONCE_TOO: Treatment = {
  action: 'replace',
  effect: 'the alias moves to a new version all at once',
  replace: withoutGradualUpdate,
};
const NO_FIREWALL = omit('no firewall stands before the API');
const NO_GROUP = omit('traces are not grouped');

/** The targets, with what each was seen to lack when the CDK deployed every type there. */
export const TARGETS: Readonly<Record<TargetName, Target>> = {
  aws: { name: 'aws', lacks: {}, behaves: {} },

  localstack: {
    name: 'localstack',
    checkedWith: 'LocalStack community 4.14.0',
    lacks: {
      'AWS::ApiGatewayV2::Api': refuse('Use the REST API, which is the default.'),
      'AWS::CloudWatch::Dashboard': NO_DASHBOARD,
      'AWS::CodeDeploy::Application': ALL_AT_ONCE,
      'AWS::CodeDeploy::DeploymentConfig': ALL_AT_ONCE,
      'AWS::CodeDeploy::DeploymentGroup': ALL_AT_ONCE,
      'AWS::Events::Archive': NO_REPLAY,
      'AWS::Lambda::Alias': ALL_AT_ONCE_TOO,
      'AWS::Logs::MetricFilter': omit('metrics are not made from logs'),
      'AWS::Logs::QueryDefinition': NO_QUERY,
      'AWS::Pipes::Pipe': refuse('Feed a function from the source, and let it write to the target.'),
      'AWS::WAFv2::WebACL': NO_FIREWALL,
      'AWS::WAFv2::WebACLAssociation': NO_FIREWALL,
      'AWS::XRay::Group': NO_GROUP,
    },
    behaves: {
      archive: 'takes an archive and keeps nothing',
      scheduler: 'keeps schedules of EventBridge Scheduler and never starts them',
      'stream-bisect': 'ignores BisectBatchOnFunctionError',
      'tumbling-window': 'ignores TumblingWindowInSeconds',
    },
  },

  ministack: {
    name: 'ministack',
    checkedWith: 'MiniStack 1.5.33',
    lacks: {
      'AWS::CloudWatch::CompositeAlarm': omit('alarms are not combined'),
      'AWS::CodeDeploy::Application': ALL_AT_ONCE,
      'AWS::CodeDeploy::DeploymentConfig': ALL_AT_ONCE,
      'AWS::CodeDeploy::DeploymentGroup': ALL_AT_ONCE,
      'AWS::Events::ApiDestination': refuse('Send to a queue, and call the other side from a function.'),
      'AWS::Events::Archive': NO_REPLAY,
      'AWS::Events::Connection': refuse('Send to a queue, and call the other side from a function.'),
      'AWS::Events::EventBusPolicy': omit('other accounts cannot put events on the bus'),
      'AWS::Kinesis::StreamConsumer': refuse('Read the stream without enhanced fan-out.'),
      'AWS::Lambda::Alias': ALL_AT_ONCE_TOO,
      'AWS::Logs::QueryDefinition': NO_QUERY,
      'AWS::WAFv2::WebACLAssociation': NO_FIREWALL,
      'AWS::XRay::Group': NO_GROUP,
    },
    behaves: {
      archive: 'has no archives',
      redrive: 'has no StartMessageMoveTask: dead letters must be moved one by one',
      'stream-bisect': 'ignores BisectBatchOnFunctionError',
      'stream-on-failure': 'ignores MaximumRetryAttempts and on-failure destinations: a batch is tried about once a second, for ever',
      'stream-partial-batch': 'stops at the first failure of a batch',
      'tumbling-window': 'ignores TumblingWindowInSeconds',
    },
  },
};
