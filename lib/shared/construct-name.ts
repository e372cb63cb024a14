import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What a construct is called in metrics, keys and logs: stack and path, so that two copies of a stack keep apart. */
export function constructName(construct: IConstruct): string {
  const stack = Stack.of(construct);
  const inside = construct.node.path.slice(stack.node.path.length).replace(/^\//, '');
  return `${stack.stackName}/${inside}`;
}
