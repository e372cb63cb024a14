import type {
  CreateFunctionRequest,
  DeleteFunctionRequest,
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  GetFunctionRequest,
  GetFunctionResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
  Runtime,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import { AwsError, arn, type Kernel } from '../../../kernel/index.ts';
import { type FunctionRecord, type FunctionVersion, versionOf } from '../functions.ts';
import type { LambdaState } from '../state.ts';
import { type CodeSource, functionCode } from './code.ts';
import { functionConfiguration } from './configuration.ts';
import { operation } from './operation.ts';
import { publish } from './versions.ts';

type Create = Omit<CreateFunctionRequest, 'Code'> & { readonly Code: CodeSource };

const create = operation((lambda, input: Create): FunctionConfiguration => {
  const name = input.FunctionName?.split(':').at(-1) ?? '';
  if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${input.FunctionName}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    );
  }
  const functionArn = arn('lambda', `function:${name}`);
  if (lambda.functions.has(name)) {
    throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, { status: 409, details: { Type: 'User' } });
  }
  const latest = settings(lambda.kernel, functionCode(lambda.kernel, input.Code), {
    ...input,
    functionName: name,
    functionArn,
  });
  const record: FunctionRecord = {
    name,
    arn: functionArn,
    latest,
    versions: new Map(),
    aliases: new Map(),
    policies: new Map(),
    asynchronous: new Map(),
    urls: new Map(),
    reservedConcurrency: undefined,
  };
  lambda.functions.add(record);
  return input.Publish ? publish(record) : functionConfiguration(latest, functionArn);
});

type Settings = Partial<Omit<CreateFunctionRequest, 'Code'>> & { readonly functionName: string; readonly functionArn: string };

function settings(kernel: Kernel, code: FunctionVersion['code'], input: Settings): FunctionVersion {
  const { Handler: handler, Role: role, Runtime: runtime } = input;
  if (!role) throw invalid("Value null at 'role' failed to satisfy constraint: Member must not be null");
  if (!handler || !runtime) throw invalid('Runtime and Handler are mandatory parameters for functions created with deployment packages.');
  if (!/^nodejs\d+\.x$/.test(runtime)) {
    throw invalid(`The local cloud runs Node.js functions; the runtime of ${input.functionName} is ${runtime}.`);
  }
  if (input.Layers?.length) throw invalid(`The local cloud has no layers: bundle their code with ${input.functionName}.`);
  const deadLetterArn = input.DeadLetterConfig?.TargetArn;
  return {
    functionName: input.functionName,
    version: '$LATEST',
    functionArn: input.functionArn,
    code,
    handler,
    role,
    runtime: runtime as Runtime,
    description: input.Description ?? '',
    timeoutSeconds: inRange('timeout', input.Timeout ?? 3, 1, 900),
    memoryMegabytes: inRange('memorySize', input.MemorySize ?? 128, 128, 10_240),
    environment: variables(input.Environment?.Variables ?? {}),
    architectures: input.Architectures ?? ['x86_64'],
    tracing: input.TracingConfig?.Mode ?? 'PassThrough',
    logging: { LogFormat: 'Text', ...input.LoggingConfig },
    ephemeralStorage: inRange('ephemeralStorage', input.EphemeralStorage?.Size ?? 512, 512, 10_240),
    lastModified: new Date(kernel.now()).toISOString().replace('Z', '+0000'),
    revisionId: kernel.uuid(),
    ...(deadLetterArn ? { deadLetterArn } : {}),
  };
}

function variables(given: Readonly<Record<string, string>>): Record<string, string> {
  const environment: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(given)) {
    environment[name] = String(value);
    size += Buffer.byteLength(name) + Buffer.byteLength(String(value));
  }
  if (size > 4096) {
    throw invalid(
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
    );
  }
  return environment;
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  const bound = value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { details: { Type: 'User' } });
}

function replace(lambda: LambdaState, record: FunctionRecord, latest: FunctionVersion): void {
  lambda.invoker.pool.retire(record.latest);
  record.latest = latest;
}

const updateCode = operation((lambda, input: UpdateFunctionCodeRequest): FunctionConfiguration => {
  const { record } = lambda.functions.resolve(input.FunctionName);
  const code = functionCode(lambda.kernel, input as CodeSource);
  replace(lambda, record, { ...record.latest, code, lastModified: stamp(lambda.kernel), revisionId: lambda.kernel.uuid() });
  return input.Publish ? publish(record) : functionConfiguration(record.latest, record.arn);
});

const updateConfiguration = operation((lambda, input: UpdateFunctionConfigurationRequest): FunctionConfiguration => {
  const { record } = lambda.functions.resolve(input.FunctionName);
  const { latest } = record;
  const current: Settings = {
    functionName: record.name,
    functionArn: record.arn,
    Role: latest.role,
    Handler: latest.handler,
    Runtime: latest.runtime,
    Description: latest.description,
    Timeout: latest.timeoutSeconds,
    MemorySize: latest.memoryMegabytes,
    Environment: { Variables: { ...latest.environment } },
    Architectures: [...latest.architectures],
    TracingConfig: { Mode: latest.tracing },
    LoggingConfig: latest.logging,
    EphemeralStorage: { Size: latest.ephemeralStorage },
    ...(latest.deadLetterArn ? { DeadLetterConfig: { TargetArn: latest.deadLetterArn } } : {}),
  };
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  replace(lambda, record, settings(lambda.kernel, latest.code, { ...current, ...given }));
  return functionConfiguration(record.latest, record.arn);
});

const stamp = (kernel: Kernel): string => new Date(kernel.now()).toISOString().replace('Z', '+0000');

const getConfiguration = operation((lambda, input: GetFunctionConfigurationRequest): FunctionConfiguration => {
  const resolved = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  return functionConfiguration(
    versionOf(resolved, () => 1),
    resolved.arn,
  );
});

const get = operation((lambda, input: GetFunctionRequest): GetFunctionResponse => {
  const resolved = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  const reserved = resolved.record.reservedConcurrency;
  const version = versionOf(resolved, () => 1);
  return {
    Configuration: functionConfiguration(version, resolved.arn),
    Code: { RepositoryType: 'S3', Location: `file://${version.code.directory ?? ''}` },
    ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
  };
});

const list = operation((lambda, input: ListFunctionsRequest): ListFunctionsResponse => {
  const all = lambda.functions.all();
  const from = input.Marker === undefined ? 0 : Number(input.Marker);
  const to = from + Math.min(input.MaxItems ?? 50, 50);
  return {
    Functions: all.slice(from, to).map((record) => functionConfiguration(record.latest, record.arn)),
    ...(to < all.length ? { NextMarker: String(to) } : {}),
  };
});

const remove = operation((lambda, input: DeleteFunctionRequest): object => {
  const { record, qualifier } = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  const version = qualifier === '' ? undefined : record.versions.get(qualifier);
  if (version) {
    lambda.invoker.pool.retire(version);
    record.versions.delete(qualifier);
    return {};
  }
  for (const each of [record.latest, ...record.versions.values()]) lambda.invoker.pool.retire(each);
  lambda.functions.remove(record.name);
  return {};
});

export const functionOperations = {
  CreateFunction: create,
  UpdateFunctionCode: updateCode,
  UpdateFunctionConfiguration: updateConfiguration,
  GetFunction: get,
  GetFunctionConfiguration: getConfiguration,
  ListFunctions: list,
  DeleteFunction: remove,
};
