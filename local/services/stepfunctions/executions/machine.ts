import type { CreateStateMachineInput, StateMachineType } from '@aws-sdk/client-sfn';
import type { Definition } from '../asl/definition.ts';
import type { Execution } from './execution.ts';

/** One published state of a machine: running executions keep the one that they began with. */
export interface Revision {
  readonly id: string;
  readonly text: string;
  readonly definition: Definition;
  readonly roleArn: string;
}

/** A state machine. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly type: StateMachineType;
  readonly createdAt: number;
  revision: Revision;
  /** Kept and given back; they change nothing here. */
  settings: Pick<CreateStateMachineInput, 'loggingConfiguration' | 'tracingConfiguration' | 'encryptionConfiguration'>;
  readonly tags: Map<string, string>;
  /** Oldest first. */
  readonly executions: Execution[];
  running: number;
  /** Deleted while executions were running: it goes when they have ended. */
  deleting: boolean;
  readonly versions: Map<number, { readonly revision: Revision; readonly description: string | undefined; readonly createdAt: number }>;
  nextVersion: number;
}
