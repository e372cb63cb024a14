import type { ServiceCall } from '../../../kernel/index.ts';
import type { TaskAnswer, TaskCall } from '../interpreter/flow.ts';

/** What an integration needs of the cloud, and the execution that it works for. */
export interface IntegrationContext {
  call(call: ServiceCall): Promise<object>;
  uuid(): string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
}

/** Makes a task's call. A refusal by the service is an answer, not an exception. */
export type Integration = (call: TaskCall, context: IntegrationContext) => Promise<TaskAnswer>;
