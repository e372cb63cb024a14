import { invalidParameter } from './errors.ts';
import type { FilterScope } from './filter/filter-policy.ts';
import { FilterPolicyError } from './filter/filter-policy-error.ts';
import { parseFilter } from './filter/parse-filter.ts';
import { parseDeliveryPolicy } from './retry-policy.ts';
import type { SubscriptionSettings } from './subscription.ts';

const NAMES = ['DeliveryPolicy', 'FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery', 'RedrivePolicy', 'SubscriptionRoleArn'];

export function isAttributeName(name: string): boolean {
  return NAMES.includes(name);
}

/**
 * What a subscription's attributes mean.
 *
 * @throws AwsError `InvalidParameter` naming the attribute
 */
export function settings(attributes: Readonly<Record<string, string>>, fifo: boolean): SubscriptionSettings {
  const unknown = Object.keys(attributes).find((name) => !NAMES.includes(name));
  if (unknown === 'ReplayPolicy') throw invalidParameter('AttributeName: the local cloud keeps no archive of a topic to replay from');
  if (unknown !== undefined) throw invalidParameter('AttributeName');
  const raw = attributes.RawMessageDelivery;
  if (raw !== undefined && !/^(true|false)$/i.test(raw)) {
    throw invalidParameter(`RawMessageDelivery: Invalid value [${raw}]. Must be true or false.`);
  }
  const scope = attributes.FilterPolicyScope ?? 'MessageAttributes';
  if (scope !== 'MessageAttributes' && scope !== 'MessageBody') {
    throw invalidParameter(`FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`);
  }
  return {
    raw: raw?.toLowerCase() === 'true',
    filter: filterOf(attributes.FilterPolicy, scope),
    filterScope: scope,
    deadLetterArn: deadLetterArn(attributes.RedrivePolicy, fifo),
    retry: attributes.DeliveryPolicy ? parseDeliveryPolicy(attributes.DeliveryPolicy) : undefined,
  };
}

function filterOf(policy: string | undefined, scope: FilterScope): SubscriptionSettings['filter'] {
  if (!policy || policy === '{}') return undefined;
  try {
    return parseFilter(policy, scope);
  } catch (error) {
    if (!(error instanceof FilterPolicyError)) throw error;
    const prefix = error.message.startsWith('Filter policy scope') ? '' : 'FilterPolicy: ';
    throw invalidParameter(`${prefix}${error.message}`);
  }
}

function deadLetterArn(policy: string | undefined, fifo: boolean): string | undefined {
  if (!policy) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(policy);
  } catch (error) {
    throw invalidParameter(`RedrivePolicy: failed to parse JSON. ${error instanceof Error ? error.message : ''}`);
  }
  const target = typeof parsed === 'object' && parsed !== null && 'deadLetterTargetArn' in parsed ? parsed.deadLetterTargetArn : undefined;
  if (typeof target !== 'string' || !/^arn:[^:]+:sqs:[^:]+:\d{12}:.+$/.test(target)) {
    throw invalidParameter('RedrivePolicy: deadLetterTargetArn is an invalid arn');
  }
  if (fifo && !target.endsWith('.fifo')) {
    throw invalidParameter('RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.');
  }
  return target;
}
