import { invalidValue } from './errors.ts';

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** Which queues may use this one as their dead-letter queue. */
export interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns: readonly string[];
}

/** @throws AwsError `InvalidParameterValue` naming what is wrong */
export function parseRedrivePolicy(json: string): RedrivePolicy {
  const policy = parseObject(json, 'RedrivePolicy');
  const target = policy.deadLetterTargetArn;
  if (typeof target !== 'string') {
    throw invalidValue(json, 'RedrivePolicy', 'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  }
  if (policy.maxReceiveCount === undefined) {
    throw invalidValue(json, 'RedrivePolicy', 'Redrive policy does not contain mandatory attribute: maxReceiveCount.');
  }
  const count = Number(policy.maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalidValue(json, 'RedrivePolicy', 'Invalid value for maxReceiveCount: must be an integer between 1 and 1000.');
  }
  return { deadLetterTargetArn: target, maxReceiveCount: count };
}

/** @throws AwsError `InvalidParameterValue` naming what is wrong */
export function parseRedriveAllowPolicy(json: string): RedriveAllowPolicy {
  const policy = parseObject(json, 'RedriveAllowPolicy');
  const permission = policy.redrivePermission;
  if (permission !== 'allowAll' && permission !== 'denyAll' && permission !== 'byQueue') {
    throw invalidValue(json, 'RedriveAllowPolicy', 'redrivePermission must be allowAll, denyAll or byQueue.');
  }
  const sources: unknown = policy.sourceQueueArns ?? [];
  if (!Array.isArray(sources) || sources.some((source) => typeof source !== 'string') || sources.length > 10) {
    throw invalidValue(json, 'RedriveAllowPolicy', 'sourceQueueArns must be a list of at most 10 queue ARNs.');
  }
  if ((permission === 'byQueue') !== sources.length > 0) {
    throw invalidValue(json, 'RedriveAllowPolicy', 'sourceQueueArns is for redrivePermission byQueue, which needs it.');
  }
  return { redrivePermission: permission, sourceQueueArns: sources };
}

/** Whether a dead-letter queue takes messages from `sourceArn`. */
export function allowsRedriveFrom(policy: RedriveAllowPolicy | undefined, sourceArn: string): boolean {
  if (!policy || policy.redrivePermission === 'allowAll') return true;
  return policy.redrivePermission === 'byQueue' && policy.sourceQueueArns.includes(sourceArn);
}

function parseObject(json: string, parameter: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below, as SQS does.
  }
  throw invalidValue(json, parameter, "Amazon SQS can't process this as a JSON object.");
}
