import { describe, expect, it } from 'vitest';
import { AwsError, Kernel } from '../../../local/kernel/index.ts';
import { SsmService } from '../../../local/services/ssm/index.ts';

function parameterStore() {
  const kernel = new Kernel();
  kernel.register(new SsmService(kernel));
  // biome-ignore lint/suspicious/noExplicitAny: as loose as the SDK's outputs in a test
  const call = (operation: string, input: object): any => kernel.invoke({ service: 'ssm', operation, input });
  const errorOf = (operation: string, input: object): AwsError => {
    try {
      call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return error;
    }
    throw new Error('There was no error.');
  };
  return { kernel, call, errorOf };
}

describe('Parameter Store', () => {
  it('keeps values by version and label', () => {
    const { kernel, call, errorOf } = parameterStore();
    expect(call('PutParameter', { Name: '/app/url', Value: 'one', Type: 'String' })).toEqual({ Version: 1, Tier: 'Standard' });
    expect(errorOf('PutParameter', { Name: '/app/url', Value: 'two', Type: 'String' })).toMatchObject({
      code: 'ParameterAlreadyExists',
      message: 'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    });
    call('PutParameter', { Name: '/app/url', Value: 'two', Overwrite: true });
    call('LabelParameterVersion', { Name: '/app/url', ParameterVersion: 1, Labels: ['old'] });
    expect(call('GetParameter', { Name: '/app/url' }).Parameter).toEqual({
      Name: '/app/url',
      Type: 'String',
      Value: 'two',
      Version: 2,
      LastModifiedDate: new Date(kernel.now()),
      ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/app/url',
      DataType: 'text',
    });
    expect(call('GetParameter', { Name: '/app/url:1' }).Parameter).toMatchObject({ Value: 'one', Selector: ':1' });
    expect(call('GetParameter', { Name: '/app/url:old' }).Parameter.Value).toBe('one');
    expect(call('GetParameter', { Name: 'arn:aws:ssm:us-east-1:000000000000:parameter/app/url' }).Parameter.Value).toBe('two');
    expect(errorOf('GetParameter', { Name: '/app/none' }).code).toBe('ParameterNotFound');
    expect(call('GetParameterHistory', { Name: '/app/url' }).Parameters.map(({ Value }: { Value: string }) => Value)).toEqual([
      'one',
      'two',
    ]);
  });

  it('takes ten names, and gives ten parameters of a path, at most', () => {
    const { call, errorOf } = parameterStore();
    const names = Array.from({ length: 11 }, (_, index) => `/app/${index}`);
    for (const Name of names) call('PutParameter', { Name, Value: 'x', Type: 'String' });
    const tooMany = { code: 'ValidationException', message: expect.stringContaining('Member must have length less than or equal to 10') };
    expect(errorOf('GetParameters', { Names: names })).toMatchObject(tooMany);
    expect(errorOf('DeleteParameters', { Names: names })).toMatchObject(tooMany);
    expect(call('GetParameters', { Names: names.slice(1) }).Parameters).toHaveLength(10);
    expect(errorOf('GetParametersByPath', { Path: '/app', MaxResults: 11 })).toMatchObject({
      code: 'ValidationException',
      message:
        "1 validation error detected: Value '11' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 10",
    });
    expect(call('GetParametersByPath', { Path: '/app' }).Parameters).toHaveLength(10);
    expect(errorOf('DescribeParameters', { MaxResults: 51 }).code).toBe('ValidationException');
    expect(errorOf('GetParameterHistory', { Name: '/app/1', MaxResults: 0 }).code).toBe('ValidationException');
  });

  it('gives secure values in the clear only to who asks for that', () => {
    const { call } = parameterStore();
    call('PutParameter', { Name: 'secret', Value: 'hidden', Type: 'SecureString' });
    expect(call('GetParameter', { Name: 'secret' }).Parameter.Value).not.toContain('hidden');
    expect(call('GetParameter', { Name: 'secret', WithDecryption: true }).Parameter.Value).toBe('hidden');
  });

  it('finds by path, one level or all below, in pages', () => {
    const { call } = parameterStore();
    for (const Name of ['/app/a', '/app/b', '/app/deep/c', '/apple']) call('PutParameter', { Name, Value: 'x', Type: 'String' });
    const names = (answer: { Parameters: { Name: string }[] }) => answer.Parameters.map(({ Name }) => Name);
    expect(names(call('GetParametersByPath', { Path: '/app' }))).toEqual(['/app/a', '/app/b']);
    expect(names(call('GetParametersByPath', { Path: '/app/', Recursive: true }))).toEqual(['/app/a', '/app/b', '/app/deep/c']);
    const first = call('GetParametersByPath', { Path: '/app', Recursive: true, MaxResults: 2 });
    expect(names(call('GetParametersByPath', { Path: '/app', Recursive: true, MaxResults: 2, NextToken: first.NextToken }))).toEqual([
      '/app/deep/c',
    ]);
    expect(call('GetParameters', { Names: ['/app/a', 'nope'] })).toMatchObject({
      Parameters: [{ Name: '/app/a' }],
      InvalidParameters: ['nope'],
    });
    expect(call('DeleteParameters', { Names: ['/app/a', 'nope'] })).toEqual({ DeletedParameters: ['/app/a'], InvalidParameters: ['nope'] });
  });

  it('refuses what does not fit', () => {
    const { call, errorOf } = parameterStore();
    expect(errorOf('PutParameter', { Name: 'a b', Value: 'x', Type: 'String' }).code).toBe('ValidationException');
    expect(errorOf('PutParameter', { Name: 'a', Value: 'x'.repeat(4097), Type: 'String' }).message).toContain('4096');
    expect(call('PutParameter', { Name: 'a', Value: 'x'.repeat(4097), Type: 'String', Tier: 'Intelligent-Tiering' }).Tier).toBe('Advanced');
    expect(errorOf('PutParameter', { Name: 'b', Value: 'x', Type: 'String', AllowedPattern: '\\d+' }).code).toBe(
      'ParameterPatternMismatchException',
    );
  });
});
