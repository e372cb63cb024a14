import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateFunctionRequest, InvocationResponse } from '@aws-sdk/client-lambda';
import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';
import { Kernel, type KernelOptions, type Service, type ServiceCall } from '../../../local/kernel/index.ts';
import { type LambdaOptions, LambdaService } from '../../../local/services/lambda/index.ts';

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** Bundles a handler as the constructs do: an ES module, the AWS SDK left out. */
export function bundle(source: string, options: { readonly external?: string[]; readonly banner?: string } = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  directories.push(directory);
  buildSync({
    stdin: { contents: source, resolveDir: process.cwd(), loader: 'ts', sourcefile: 'handler.ts' },
    outfile: join(directory, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    minify: true,
    external: options.external ?? ['@aws-sdk/*', '@smithy/*'],
    ...(options.banner === undefined ? {} : { banner: { js: options.banner } }),
    logLevel: 'silent',
  });
  return directory;
}

/** A directory with the given files. */
export function files(contents: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'code-'));
  directories.push(directory);
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(directory, name), content);
  return directory;
}

export interface Cloud {
  readonly kernel: Kernel;
  readonly lambda: LambdaService;
  /** Makes a function of a handler's source, or of a directory. */
  create(
    name: string,
    code: string | { readonly directory: string } | { readonly inline: string },
    settings?: Partial<CreateFunctionRequest>,
  ): void;
  /** Invokes and runs the clock until everything is done. */
  invoke(name: string, event?: unknown, input?: object): Promise<Answer>;
  call<Output>(call: ServiceCall): Promise<Output>;
}

export interface Answer {
  readonly value: unknown;
  readonly error: string | undefined;
}

export function lambdaCloud(options: KernelOptions & LambdaOptions = {}, ...services: Service[]): Cloud {
  const kernel = new Kernel(options);
  const lambda = new LambdaService(kernel, options);
  kernel.register(lambda);
  for (const service of services) kernel.register(service);
  const call = async <Output>(request: ServiceCall): Promise<Output> => (await settled(kernel, kernel.call(request))) as Output;
  return {
    kernel,
    lambda,
    call,
    create(name, code, settings = {}) {
      const source =
        typeof code === 'string'
          ? { LocalDirectory: bundle(code) }
          : 'inline' in code
            ? { Inline: code.inline }
            : { LocalDirectory: code.directory };
      kernel.invoke({
        service: 'lambda',
        operation: 'CreateFunction',
        input: {
          FunctionName: name,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: `arn:aws:iam::000000000000:role/${name}`,
          ...settings,
          Code: source,
        },
      });
    },
    async invoke(name, event = {}, input = {}) {
      const output = await call<InvocationResponse>({
        service: 'lambda',
        operation: 'Invoke',
        input: { FunctionName: name, Payload: Buffer.from(JSON.stringify(event)), ...input },
      });
      const text = Buffer.from(output.Payload ?? []).toString();
      return { value: text === '' ? undefined : JSON.parse(text), error: output.FunctionError };
    },
  };
}

/** Runs the clock until `work` is done, and gives its outcome. */
export async function settled<Value>(kernel: Kernel, work: Promise<Value>): Promise<Value> {
  const outcome = work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await kernel.settle();
  const result = await outcome;
  if ('error' in result) throw result.error;
  return result.value;
}

/** A service that records its calls and answers by a function. */
export function fake(name: Service['name'], answer: (operation: string, input: never) => object = () => ({})) {
  const calls: { readonly operation: string; readonly input: Record<string, unknown>; readonly principal: string }[] = [];
  const service: Service = {
    name,
    invoke(operation, input, context) {
      calls.push({ operation, input: input as Record<string, unknown>, principal: context.principal });
      return answer(operation, input as never);
    },
  };
  return { service, calls };
}
