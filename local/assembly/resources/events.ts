import type {
  CreateApiDestinationResponse,
  CreateArchiveResponse,
  CreateConnectionRequest,
  CreateConnectionResponse,
  CreateEventBusResponse,
  DescribeEventBusResponse,
  PutRuleResponse,
  Tag,
  Target,
} from '@aws-sdk/client-eventbridge';
import { pick, refuseUnknown, toNumber } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';

interface EventBusProperties {
  readonly Name: string;
  readonly Description?: string;
  readonly KmsKeyIdentifier?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly Policy?: object | string;
  readonly Tags?: Tag[];
}

const eventBus = resourceType<EventBusProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['Name', 'Description', 'KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig', 'Policy', 'Tags'], request, cloud);
  const input = pick(properties, 'Name', 'Description', 'KmsKeyIdentifier', 'DeadLetterConfig', 'Tags');
  const { EventBusArn } = cloud.invoke<CreateEventBusResponse>('events', 'CreateEventBus', input);
  const policy = properties.Policy === undefined ? undefined : asJson(properties.Policy);
  if (policy !== undefined) cloud.invoke('events', 'PutPermission', { EventBusName: properties.Name, Policy: policy });
  return { ref: properties.Name, attributes: { Arn: EventBusArn, Name: properties.Name, Policy: policy } };
});

interface EventBusPolicyProperties {
  readonly EventBusName?: string;
  readonly StatementId: string;
  readonly Statement?: object;
  readonly Action?: string;
  readonly Principal?: string;
  readonly Condition?: object;
}

const eventBusPolicy = resourceType<EventBusPolicyProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['EventBusName', 'StatementId', 'Statement', 'Action', 'Principal', 'Condition'], request, cloud);
  const { Statement: statement, EventBusName, StatementId } = properties;
  if (statement) {
    const { Policy } = cloud.invoke<DescribeEventBusResponse>('events', 'DescribeEventBus', { Name: EventBusName });
    const others = Policy === undefined ? [] : (JSON.parse(Policy) as { Statement: { Sid?: string }[] }).Statement;
    const all = [...others.filter(({ Sid }) => Sid !== StatementId), { Sid: StatementId, ...statement }];
    cloud.invoke('events', 'PutPermission', { EventBusName, Policy: JSON.stringify({ Version: '2012-10-17', Statement: all }) });
  } else {
    cloud.invoke('events', 'PutPermission', pick(properties, 'EventBusName', 'StatementId', 'Action', 'Principal', 'Condition'));
  }
  return { ref: StatementId };
});

interface RuleProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly EventBusName?: string;
  readonly EventPattern?: object | string;
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly RoleArn?: string;
  readonly Targets?: Target[];
  readonly Tags?: Tag[];
}

const rule = resourceType<RuleProperties>((properties, request, cloud) => {
  refuseUnknown(
    properties,
    ['Name', 'Description', 'EventBusName', 'EventPattern', 'ScheduleExpression', 'State', 'RoleArn', 'Targets', 'Tags'],
    request,
    cloud,
  );
  const Name = properties.Name ?? request.physicalName(64);
  const pattern = properties.EventPattern === undefined ? {} : { EventPattern: asJson(properties.EventPattern) };
  const given = pick(properties, 'Description', 'EventBusName', 'ScheduleExpression', 'State', 'RoleArn', 'Tags');
  const { RuleArn } = cloud.invoke<PutRuleResponse>('events', 'PutRule', { Name, ...pattern, ...given });
  const targets = (properties.Targets ?? []).map(withNumbers);
  if (targets.length > 0) {
    cloud.invoke('events', 'PutTargets', { Rule: Name, ...pick(properties, 'EventBusName'), Targets: targets });
  }
  const bus = properties.EventBusName?.split('/').at(-1) ?? 'default';
  return { ref: bus === 'default' ? Name : `${bus}|${Name}`, attributes: { Arn: RuleArn } };
});

function withNumbers(target: Target): Target {
  const { RetryPolicy: policy } = target;
  if (!policy) return target;
  const { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: age } = policy;
  return {
    ...target,
    RetryPolicy: {
      ...(attempts === undefined ? {} : { MaximumRetryAttempts: Number(attempts) }),
      ...(age === undefined ? {} : { MaximumEventAgeInSeconds: Number(age) }),
    },
  };
}

interface ArchiveProperties {
  readonly ArchiveName?: string;
  readonly SourceArn: string;
  readonly Description?: string;
  readonly EventPattern?: object | string;
  readonly RetentionDays?: number | string;
  readonly KmsKeyIdentifier?: string;
}

const archive = resourceType<ArchiveProperties>((properties, request, cloud) => {
  refuseUnknown(
    properties,
    ['ArchiveName', 'SourceArn', 'Description', 'EventPattern', 'RetentionDays', 'KmsKeyIdentifier'],
    request,
    cloud,
  );
  const ArchiveName = properties.ArchiveName ?? request.physicalName(48);
  const days = toNumber(properties.RetentionDays);
  const { ArchiveArn } = cloud.invoke<CreateArchiveResponse>('events', 'CreateArchive', {
    ArchiveName,
    EventSourceArn: properties.SourceArn,
    ...pick(properties, 'Description', 'KmsKeyIdentifier'),
    ...(properties.EventPattern === undefined ? {} : { EventPattern: asJson(properties.EventPattern) }),
    ...(days === undefined ? {} : { RetentionDays: days }),
  });
  return { ref: ArchiveName, attributes: { Arn: ArchiveArn, ArchiveName } };
});

/** CloudFormation names the OAuth and invocation parameters as the API does, and so can be handed on. */
interface ConnectionProperties extends Omit<CreateConnectionRequest, 'Name'> {
  readonly Name?: string;
}

const connection = resourceType<ConnectionProperties>((properties, request, cloud) => {
  const known = ['Name', 'Description', 'AuthorizationType', 'AuthParameters', 'InvocationConnectivityParameters', 'KmsKeyIdentifier'];
  refuseUnknown(properties, known, request, cloud);
  const Name = properties.Name ?? request.physicalName(64);
  const input = { ...properties, Name };
  const { ConnectionArn = '' } = cloud.invoke<CreateConnectionResponse>('events', 'CreateConnection', input);
  const SecretArn = ConnectionArn.replace(':events:', ':secretsmanager:').replace(/:connection\/.*/, `:secret:events!connection/${Name}`);
  return { ref: Name, attributes: { Arn: ConnectionArn, ArnForPolicy: withoutId(ConnectionArn), SecretArn } };
});

interface ApiDestinationProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly ConnectionArn: string;
  readonly InvocationEndpoint: string;
  readonly HttpMethod: string;
  readonly InvocationRateLimitPerSecond?: number | string;
}

const apiDestination = resourceType<ApiDestinationProperties>((properties, request, cloud) => {
  const known = ['Name', 'Description', 'ConnectionArn', 'InvocationEndpoint', 'HttpMethod', 'InvocationRateLimitPerSecond'];
  refuseUnknown(properties, known, request, cloud);
  const Name = properties.Name ?? request.physicalName(64);
  const rate = toNumber(properties.InvocationRateLimitPerSecond);
  const input = { ...properties, Name, ...(rate === undefined ? {} : { InvocationRateLimitPerSecond: rate }) };
  const { ApiDestinationArn = '' } = cloud.invoke<CreateApiDestinationResponse>('events', 'CreateApiDestination', input);
  return { ref: Name, attributes: { Arn: ApiDestinationArn, ArnForPolicy: withoutId(ApiDestinationArn) } };
});

function withoutId(arn: string): string {
  return arn.slice(0, arn.lastIndexOf('/'));
}

function asJson(value: object | string): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const eventsResources: ResourceTypes = {
  'AWS::Events::EventBus': eventBus,
  'AWS::Events::EventBusPolicy': eventBusPolicy,
  'AWS::Events::Rule': rule,
  'AWS::Events::Archive': archive,
  'AWS::Events::Connection': connection,
  'AWS::Events::ApiDestination': apiDestination,
};
