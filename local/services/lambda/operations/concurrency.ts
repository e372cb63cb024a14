import type {
  DeleteFunctionConcurrencyRequest,
  GetAccountSettingsResponse,
  GetFunctionConcurrencyRequest,
  GetFunctionConcurrencyResponse,
  PutFunctionConcurrencyRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/index.ts';
import type { LambdaState } from '../state.ts';
import { operation } from './operation.ts';

const ACCOUNT_CONCURRENCY = 1_000;
/** What AWS keeps for functions that reserve nothing. */
const LEAST_UNRESERVED = 100;

/** Concurrency that functions have reserved. */
export function reservedConcurrency(lambda: LambdaState, except?: string): number {
  let total = 0;
  for (const record of lambda.functions.all()) if (record.name !== except) total += record.reservedConcurrency ?? 0;
  return total;
}

const put = operation((lambda, input: PutFunctionConcurrencyRequest): GetFunctionConcurrencyResponse => {
  const { record } = lambda.functions.resolve(input.FunctionName);
  const wanted = input.ReservedConcurrentExecutions ?? 0;
  if (ACCOUNT_CONCURRENCY - reservedConcurrency(lambda, record.name) - wanted < LEAST_UNRESERVED) {
    throw new AwsError(
      'InvalidParameterValueException',
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
  }
  record.reservedConcurrency = wanted;
  return { ReservedConcurrentExecutions: wanted };
});

const get = operation((lambda, input: GetFunctionConcurrencyRequest): GetFunctionConcurrencyResponse => {
  const reserved = lambda.functions.resolve(input.FunctionName).record.reservedConcurrency;
  return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
});

const remove = operation((lambda, input: DeleteFunctionConcurrencyRequest): object => {
  lambda.functions.resolve(input.FunctionName).record.reservedConcurrency = undefined;
  return {};
});

const accountSettings = operation(
  (lambda): GetAccountSettingsResponse => ({
    AccountLimit: {
      ConcurrentExecutions: ACCOUNT_CONCURRENCY,
      UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - reservedConcurrency(lambda),
    },
    AccountUsage: { FunctionCount: lambda.functions.all().length },
  }),
);

export const concurrencyOperations = {
  PutFunctionConcurrency: put,
  GetFunctionConcurrency: get,
  DeleteFunctionConcurrency: remove,
  GetAccountSettings: accountSettings,
};
