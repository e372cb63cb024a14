import type {
  DeleteFunctionEventInvokeConfigRequest,
  FunctionEventInvokeConfig,
  GetFunctionEventInvokeConfigRequest,
  PutFunctionEventInvokeConfigRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/index.ts';
import type { AsyncSettings } from '../functions.ts';
import { operation } from './operation.ts';

function describe(settings: AsyncSettings, arn: string): FunctionEventInvokeConfig {
  const destinations = {
    ...(settings.onSuccess === undefined ? {} : { OnSuccess: { Destination: settings.onSuccess } }),
    ...(settings.onFailure === undefined ? {} : { OnFailure: { Destination: settings.onFailure } }),
  };
  return {
    FunctionArn: arn,
    MaximumRetryAttempts: settings.maximumRetryAttempts,
    MaximumEventAgeInSeconds: settings.maximumEventAgeSeconds,
    DestinationConfig: destinations,
    LastModified: new Date(settings.lastModified),
  };
}

const put = operation((lambda, input: PutFunctionEventInvokeConfigRequest): FunctionEventInvokeConfig => {
  const { record, qualifier, arn } = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  const onSuccess = input.DestinationConfig?.OnSuccess?.Destination;
  const onFailure = input.DestinationConfig?.OnFailure?.Destination;
  const settings: AsyncSettings = {
    maximumRetryAttempts: input.MaximumRetryAttempts ?? 2,
    maximumEventAgeSeconds: input.MaximumEventAgeInSeconds ?? 21_600,
    lastModified: lambda.kernel.now(),
    ...(onSuccess ? { onSuccess } : {}),
    ...(onFailure ? { onFailure } : {}),
  };
  record.asynchronous.set(qualifier, settings);
  return describe(settings, arn);
});

const get = operation((lambda, input: GetFunctionEventInvokeConfigRequest): FunctionEventInvokeConfig => {
  const { record, qualifier, arn } = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  const settings = record.asynchronous.get(qualifier);
  if (!settings) {
    throw new AwsError('ResourceNotFoundException', `The function ${arn} doesn't have an EventInvokeConfig`, { status: 404 });
  }
  return describe(settings, arn);
});

const remove = operation((lambda, input: DeleteFunctionEventInvokeConfigRequest): object => {
  const { record, qualifier } = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  record.asynchronous.delete(qualifier);
  return {};
});

export const eventInvokeOperations = {
  PutFunctionEventInvokeConfig: put,
  UpdateFunctionEventInvokeConfig: put,
  GetFunctionEventInvokeConfig: get,
  DeleteFunctionEventInvokeConfig: remove,
};
