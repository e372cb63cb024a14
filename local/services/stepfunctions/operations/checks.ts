import { AwsError } from '../../../kernel/index.ts';
import { LIMITS } from '../limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what AWS refuses in names
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** A name of a state machine, an execution or an activity. @throws AwsError `InvalidName` */
export function checkName(name: string | undefined): string {
  if (name !== undefined && name !== '' && name.length <= LIMITS.nameLength && !FORBIDDEN.test(name)) return name;
  throw new AwsError('InvalidName', `Invalid Name: '${name ?? ''}'`);
}

/** @throws AwsError `InvalidArn` when it is none of `kind` (`stateMachine`, `execution`, …) */
export function checkArn(arn: string | undefined, ...kinds: readonly string[]): string {
  const kind = arn?.split(':')[5];
  if (arn?.startsWith('arn:') && arn.split(':')[2] === 'states' && kind !== undefined && kinds.includes(kind)) return arn;
  throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn ?? ''}'`);
}

/** @throws AwsError `InvalidArn` when it is no role's */
export function checkRole(arn: string | undefined): string {
  if (arn !== undefined && /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(arn)) return arn;
  throw new AwsError('InvalidArn', `Invalid Role Arn: '${arn ?? ''}'`);
}

/** @throws AwsError `ValidationException` */
export function required<Value>(value: Value | undefined, name: string): Value {
  if (value !== undefined) return value;
  const what = `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;
  throw new AwsError('ValidationException', what);
}
