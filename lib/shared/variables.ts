import { Token } from 'aws-cdk-lib';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

const given = new WeakMap<IFunction, Map<string, string>>();

/**
 * Sets the environment variables through which a construct configures a handler.
 *
 * @param owner path of the construct, for messages
 * @throws Error when the function is imported, or another construct has set one of them to something else
 */
export function setVariables(fn: IFunction, owner: string, variables: Readonly<Record<string, string>>): void {
  if (!(fn instanceof LambdaFunction)) {
    throw new Error(
      `${owner}: ${fn.node.path} is imported, so its environment cannot be set. Set ${Object.keys(variables).join(', ')} where it is defined.`,
    );
  }
  const known = given.get(fn) ?? new Map<string, string>();
  given.set(fn, known);
  for (const [name, value] of Object.entries(variables)) {
    const before = known.get(name);
    if (before !== undefined && before !== value) {
      throw new Error(
        `${owner}: ${fn.node.path} already has ${name} = ${Token.isUnresolved(before) ? 'that of another construct' : JSON.stringify(before)}. ` +
          'Give this grant a name, and the same name to the runtime.',
      );
    }
    known.set(name, value);
    fn.addEnvironment(name, value);
  }
}
