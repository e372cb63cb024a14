import { App, Duration, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LocalCloud } from '../../../local/index.ts';

/** A function of inline code, for stacks in tests. */
export function inlineFunction(stack: Stack, id: string, code: string, timeout = Duration.seconds(3)): LambdaFunction {
  return new LambdaFunction(stack, id, { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline(code), timeout });
}

/** Loads a stack into a local cloud on virtual time. */
export function deploy(build: (stack: Stack) => RestApi | undefined): Promise<LocalCloud> {
  const app = new App({ analyticsReporting: false });
  build(new Stack(app, 'Test'));
  return LocalCloud.fromApp(app);
}

export async function jsonOf(response: Response): Promise<unknown> {
  return JSON.parse(await response.text());
}
