import * as activities from './activities.ts';
import * as callbacks from './callbacks.ts';
import type { Operation } from './context.ts';
import * as executions from './executions.ts';
import { getExecutionHistory } from './history.ts';
import * as machines from './state-machines.ts';
import * as tags from './tags.ts';
import { validateStateMachineDefinition } from './validation.ts';
import * as versions from './versions.ts';

/** The operations of the API, by name. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateActivity: activities.createActivity,
  CreateStateMachine: machines.createStateMachine,
  CreateStateMachineAlias: versions.createStateMachineAlias,
  DeleteActivity: activities.deleteActivity,
  DeleteStateMachine: machines.deleteStateMachine,
  DeleteStateMachineAlias: versions.deleteStateMachineAlias,
  DeleteStateMachineVersion: versions.deleteStateMachineVersion,
  DescribeActivity: activities.describeActivity,
  DescribeExecution: executions.describeExecution,
  DescribeStateMachine: machines.describeStateMachine,
  DescribeStateMachineAlias: versions.describeStateMachineAlias,
  DescribeStateMachineForExecution: machines.describeStateMachineForExecution,
  GetActivityTask: activities.getActivityTask,
  GetExecutionHistory: getExecutionHistory,
  ListActivities: activities.listActivities,
  ListExecutions: executions.listExecutions,
  ListStateMachines: machines.listStateMachines,
  ListStateMachineVersions: versions.listStateMachineVersions,
  ListTagsForResource: tags.listTagsForResource,
  PublishStateMachineVersion: versions.publishStateMachineVersion,
  SendTaskFailure: callbacks.sendTaskFailure,
  SendTaskHeartbeat: callbacks.sendTaskHeartbeat,
  SendTaskSuccess: callbacks.sendTaskSuccess,
  StartExecution: executions.startExecution,
  StartSyncExecution: executions.startSyncExecution,
  StopExecution: executions.stopExecution,
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
  UpdateStateMachine: machines.updateStateMachine,
  UpdateStateMachineAlias: versions.updateStateMachineAlias,
  ValidateStateMachineDefinition: validateStateMachineDefinition,
};
