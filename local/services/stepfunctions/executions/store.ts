import { AwsError } from '../../../kernel/index.ts';
import type { Activity } from './activities.ts';
import type { Execution } from './execution.ts';
import type { StateMachine } from './machine.ts';
import { TaskTokens } from './tokens.ts';

/** An alias of a state machine: which versions it stands for. */
export interface Alias {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  updatedAt: number;
  description: string | undefined;
  routes: readonly { readonly stateMachineVersionArn: string; readonly weight: number }[];
}

/** Everything that Step Functions keeps. */
export class Store {
  readonly machines = new Map<string, StateMachine>();
  readonly aliases = new Map<string, Alias>();
  readonly executions = new Map<string, Execution>();
  readonly activities = new Map<string, Activity>();
  readonly tokens = new TaskTokens();

  /** @throws AwsError `StateMachineDoesNotExist` */
  machine(arn: string | undefined): StateMachine {
    const machine = arn === undefined ? undefined : this.machines.get(arn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn ?? ''}'`);
    return machine;
  }

  /** @throws AwsError `ExecutionDoesNotExist` */
  execution(arn: string | undefined): Execution {
    const execution = arn === undefined ? undefined : this.executions.get(arn);
    if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn ?? ''}'`);
    return execution;
  }

  /** @throws AwsError `ActivityDoesNotExist` */
  activity(arn: string | undefined): Activity {
    const activity = arn === undefined ? undefined : this.activities.get(arn);
    if (!activity) throw new AwsError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn ?? ''}'`);
    return activity;
  }
}
