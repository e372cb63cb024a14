import { arn } from '../kernel/index.ts';
import type { Decision } from '../kernel/policy/index.ts';

/** A call's input, or a part of it. */
export type Input = Readonly<Record<string, unknown>>;

/** One permission that a call needs. */
export interface Permission {
  /** `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` where the action has no resource or the call does not name it. */
  readonly resource: string;
  /** What the service's own condition keys are read from, where it is not the call itself: an item of a transaction, an entry of a batch. */
  readonly request?: { readonly operation: string; readonly input: Input };
  /** What the policy of the resource says, where the service has judged it. */
  readonly byResource?: Decision;
}

/** The permissions that an operation needs on that input. @param resolve the ARN of what the input names otherwise; undefined when it is not there */
export type Rule = (operation: string, input: Input, resolve: (name: string) => string | undefined) => readonly Permission[];

/** The permission for one resource; a resource that is not named is `*`. */
export function one(action: string, resource: unknown): readonly Permission[] {
  return [{ action, resource: typeof resource === 'string' && resource !== '' ? resource : '*' }];
}

/** For services whose actions are named as their operations. */
export function plain(prefix: string, resource: (input: Input, operation: string) => unknown = () => '*'): Rule {
  return (operation, input) => one(`${prefix}:${operation}`, resource(input, operation));
}

/** The ARN of a resource that is named by its name or its ARN; undefined when it is not named. */
export function named(service: string, prefix: string, nameOrArn: unknown): string | undefined {
  if (nameOrArn === undefined || nameOrArn === '') return undefined;
  const text = String(nameOrArn);
  return text.startsWith('arn:') ? text : arn(service, prefix + text);
}

/** The objects of a list; none when it is not there. */
export function objects(value: unknown): readonly Input[] {
  return Array.isArray(value) ? (value as readonly Input[]) : [];
}

/** The texts of a list; none when it is not there. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
