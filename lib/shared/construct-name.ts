import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * What a construct is called in names, metrics, keys and logs: stack and path, so that two copies of a stack keep apart. Inside a nested stack
 * it is the name of the stack around it, since its own is not known before it is deployed.
 * @param child id of a construct that is about to be made inside `construct`: its name is wanted
 */
export function constructName(construct: IConstruct, child?: string): string {
  const stack = outermost(Stack.of(construct));
  const path = child === undefined ? construct.node.path : `${construct.node.path}/${child}`;
  const inside = path.slice(stack.node.path.length).replace(/^\//, '');
  return `${stack.stackName}/${inside}`;
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent === undefined ? stack : outermost(stack.nestedStackParent);
}
