/** Kinds of targets that events and schedules are delivered to. */
export type TargetKind = 'sqs' | 'sns' | 'lambda' | 'states' | 'kinesis' | 'event-bus' | 'api-destination' | 'log-group';

/** The kind of target an ARN names; undefined for kinds that the local cloud cannot deliver to. */
export function targetKind(arn: string): TargetKind | undefined {
  const [, , service, , , resource] = arn.split(':');
  switch (service) {
    case 'sqs':
    case 'sns':
    case 'lambda':
    case 'states':
    case 'kinesis':
      return service;
    case 'events':
      if (resource?.startsWith('event-bus/')) return 'event-bus';
      return resource?.startsWith('api-destination/') ? 'api-destination' : undefined;
    case 'logs':
      return 'log-group';
    default:
      return undefined;
  }
}

/** Whether the text has the form `arn:partition:service:region:account:resource`. */
export function isArn(text: string): boolean {
  return /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(text);
}
