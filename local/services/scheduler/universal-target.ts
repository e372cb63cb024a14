import type { ServiceCall, ServiceName } from '../../kernel/index.ts';

/** An API action that a schedule calls itself: `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`. */
export interface UniversalTarget {
  readonly service: ServiceName;
  readonly operation: string;
}

/** Services as universal targets name them, where they differ from the kernel's names. */
const SERVICES: Readonly<Record<string, ServiceName>> = {
  apigateway: 'apigateway',
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  eventbridge: 'events',
  kinesis: 'kinesis',
  lambda: 'lambda',
  s3: 's3',
  scheduler: 'scheduler',
  secretsmanager: 'secretsmanager',
  sfn: 'states',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
};

/** Actions that only read are none of a schedule's business, says AWS. */
const READS = /^(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|transactGet)/;

export function isUniversal(arn: string): boolean {
  return arn.startsWith('arn:aws:scheduler:::aws-sdk:');
}

/** @returns undefined for a service that the local cloud lacks, or an action that only reads */
export function parseUniversalTarget(arn: string): UniversalTarget | undefined {
  const [name, action] = arn.split(':').slice(6);
  const service = name === undefined ? undefined : SERVICES[name];
  if (!service || !action || READS.test(action)) return undefined;
  return { service, operation: action.charAt(0).toUpperCase() + action.slice(1) };
}

const encoder = new TextEncoder();

/** The call that the target stands for, with the schedule's input as its request. */
export function universalCall({ service, operation }: UniversalTarget, input: string): Omit<ServiceCall, 'principal' | 'sourceArn'> {
  const given = JSON.parse(input) as Record<string, unknown>;
  const request = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      // Universal targets write every parameter with a capital; Step Functions' own begin small.
      const member = service === 'states' ? name.charAt(0).toLowerCase() + name.slice(1) : name;
      const isBlob = (service === 'lambda' && member === 'Payload') || (service === 'kinesis' && member === 'Data');
      return [member, isBlob ? encoder.encode(typeof value === 'string' ? value : JSON.stringify(value)) : value];
    }),
  );
  return { service, operation, input: request };
}
