import type { GetExecutionHistoryInput, GetExecutionHistoryOutput } from '@aws-sdk/client-sfn';
import { AwsError } from '../../../kernel/index.ts';
import { checkArn } from './checks.ts';
import type { Services } from './context.ts';
import { pageOf, withToken } from './pages.ts';

export function getExecutionHistory({ store }: Services, input: GetExecutionHistoryInput): GetExecutionHistoryOutput {
  const execution = store.execution(checkArn(input.executionArn, 'execution', 'express'));
  const { history } = execution;
  if (!history) throw new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
  const withData = input.includeExecutionData ?? true;
  const page = pageOf(input, history.length);
  const events = input.reverseOrder
    ? history.slice(history.length - page.to, history.length - page.from, withData).reverse()
    : history.slice(page.from, page.to, withData);
  return { events, ...withToken(page.nextToken) };
}
