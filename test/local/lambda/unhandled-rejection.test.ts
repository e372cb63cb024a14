import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Runs a script in a process of its own: the test runner has its own opinion of unhandled rejections. */
function run(script: string): { readonly status: number | null; readonly output: string; readonly errors: string } {
  const setup = `
    import { Kernel } from '${root}/local/kernel/index.ts';
    import { LambdaService } from '${root}/local/services/lambda/index.ts';
    const kernel = new Kernel();
    const lambda = new LambdaService(kernel);
    kernel.register(lambda);
    const create = (name, Inline) => kernel.invoke({ service: 'lambda', operation: 'CreateFunction', input: { FunctionName: name, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: 'r', Code: { Inline } } });
    const invoke = async (FunctionName) => {
      const { Payload } = await kernel.until(kernel.call({ service: 'lambda', operation: 'Invoke', input: { FunctionName } }));
      console.log(Buffer.from(Payload).toString());
    };`;
  const result = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', `${setup}\n${script}`], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status: result.status, output: result.stdout, errors: result.stderr };
}

describe('a promise that is rejected and never handled', () => {
  it('ends the function that made it, and nothing else', () => {
    const { status, output, errors } = run(`
      create('careless', "exports.handler = async () => { (async () => { throw new RangeError('nobody looks') })(); await new Promise((r) => setTimeout(r, 10)); return 'never'; }");
      create('careful', "exports.handler = async () => 'fine';");
      await invoke('careless');
      await invoke('careful');`);
    expect(errors).toBe('');
    expect(status).toBe(0);
    const [careless, careful] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(careless).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'RangeError: nobody looks' });
    expect(careful).toBe('fine');
  });

  it("still ends the process when it is not a function's", () => {
    const { status, errors } = run(
      "create('f', 'exports.handler = async () => 1;'); await invoke('f'); Promise.reject(new Error('our own')); setTimeout(() => {}, 1000);",
    );
    expect(status).not.toBe(0);
    expect(errors).toContain('our own');
  });
});
