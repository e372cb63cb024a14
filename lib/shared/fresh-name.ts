import { Aws, Fn, Names } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * A name for what must be given one, and is kept when its stack goes or shares its names with other stacks: the construct's, and the beginning of
 * the stack's own id. A stack that is made again, or is a copy, does not find it taken.
 */
export function freshName(construct: IConstruct): string {
  const id = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return `${Names.uniqueResourceName(construct, { maxLength: 100, separator: '-' })}-${Fn.select(0, Fn.split('-', id))}`;
}
