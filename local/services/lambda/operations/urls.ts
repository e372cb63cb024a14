import type {
  CreateFunctionUrlConfigRequest,
  DeleteFunctionUrlConfigRequest,
  FunctionUrlConfig,
  GetFunctionUrlConfigRequest,
} from '@aws-sdk/client-lambda';
import { AwsError, REGION } from '../../../kernel/index.ts';
import type { FunctionUrl, ResolvedFunction } from '../functions.ts';
import { operation } from './operation.ts';

function describe(url: FunctionUrl, { arn }: ResolvedFunction): FunctionUrlConfig {
  const time = new Date(url.createdAt).toISOString();
  return {
    FunctionUrl: url.url,
    FunctionArn: arn,
    AuthType: url.authType,
    InvokeMode: url.invokeMode,
    CreationTime: time,
    LastModifiedTime: time,
    ...(url.cors ? { Cors: url.cors } : {}),
  };
}

const create = operation((lambda, input: CreateFunctionUrlConfigRequest): FunctionUrlConfig => {
  const resolved = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  const { record, qualifier, arn } = resolved;
  if (record.urls.has(qualifier)) {
    throw new AwsError(
      'ResourceConflictException',
      `Failed to create function url config for [functionArn = ${arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
      { status: 409 },
    );
  }
  if (input.InvokeMode === 'RESPONSE_STREAM') {
    throw new AwsError('InvalidParameterValueException', 'The local cloud does not stream responses: use the invoke mode BUFFERED.');
  }
  const id = lambda.kernel.uuid().replaceAll('-', '');
  const url: FunctionUrl = {
    id,
    url: `https://${id}.lambda-url.${REGION}.on.aws/`,
    authType: input.AuthType ?? 'AWS_IAM',
    invokeMode: 'BUFFERED',
    cors: input.Cors,
    createdAt: lambda.kernel.now(),
  };
  record.urls.set(qualifier, url);
  return describe(url, resolved);
});

const get = operation((lambda, input: GetFunctionUrlConfigRequest): FunctionUrlConfig => {
  const resolved = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  const url = resolved.record.urls.get(resolved.qualifier);
  if (!url) throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', { status: 404 });
  return describe(url, resolved);
});

const remove = operation((lambda, input: DeleteFunctionUrlConfigRequest): object => {
  const { record, qualifier } = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  record.urls.delete(qualifier);
  return {};
});

export const urlOperations = { CreateFunctionUrlConfig: create, GetFunctionUrlConfig: get, DeleteFunctionUrlConfig: remove };
