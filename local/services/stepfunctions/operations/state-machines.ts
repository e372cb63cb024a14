import type {
  CreateStateMachineInput,
  CreateStateMachineOutput,
  DeleteStateMachineInput,
  DeleteStateMachineOutput,
  DescribeStateMachineForExecutionInput,
  DescribeStateMachineForExecutionOutput,
  DescribeStateMachineInput,
  DescribeStateMachineOutput,
  ListStateMachinesInput,
  ListStateMachinesOutput,
  UpdateStateMachineInput,
  UpdateStateMachineOutput,
} from '@aws-sdk/client-sfn';
import { AwsError, arn as makeArn } from '../../../kernel/index.ts';
import { parseDefinition } from '../asl/parse.ts';
import type { Revision, StateMachine } from '../executions/machine.ts';
import { checkArn, checkName, checkRole, required } from './checks.ts';
import type { Services } from './context.ts';
import { pageOf, withToken } from './pages.ts';
import { tagsOf } from './tags.ts';
import { machineFor, publish, versionArn } from './versions.ts';

export function createStateMachine({ kernel, store }: Services, input: CreateStateMachineInput): CreateStateMachineOutput {
  const name = checkName(input.name);
  const arn = makeArn('states', `stateMachine:${name}`);
  const text = required(input.definition, 'definition');
  const roleArn = checkRole(input.roleArn);
  const type = input.type ?? 'STANDARD';
  if (type !== 'STANDARD' && type !== 'EXPRESS') {
    throw new AwsError('StateMachineTypeNotSupported', `State machine type not supported: '${String(type)}'`);
  }
  const definition = parseDefinition(text);
  const existing = store.machines.get(arn);
  if (existing) return sameAgain(existing, text, roleArn, type);
  const machine: StateMachine = {
    arn,
    name,
    type,
    createdAt: kernel.now(),
    revision: { id: 'INITIAL', text, definition, roleArn },
    settings: settingsOf(input),
    tags: tagsOf(input.tags),
    executions: [],
    running: 0,
    deleting: false,
    versions: new Map(),
    nextVersion: 1,
  };
  store.machines.set(arn, machine);
  const version = input.publish ? publish(machine, kernel.now(), input.versionDescription) : undefined;
  return {
    stateMachineArn: arn,
    creationDate: new Date(machine.createdAt),
    ...(version === undefined ? {} : { stateMachineVersionArn: versionArn(machine, version) }),
  };
}

/** Creating a machine that is there already is no error when it is the same. */
function sameAgain(machine: StateMachine, text: string, roleArn: string, type: string): CreateStateMachineOutput {
  if (machine.deleting) throw new AwsError('StateMachineDeleting', `State Machine is being deleted: '${machine.arn}'`);
  if (machine.revision.text === text && machine.revision.roleArn === roleArn && machine.type === type) {
    return { stateMachineArn: machine.arn, creationDate: new Date(machine.createdAt) };
  }
  throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${machine.arn}'`);
}

function settingsOf(input: CreateStateMachineInput | UpdateStateMachineInput): StateMachine['settings'] {
  const { loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  return {
    ...(loggingConfiguration === undefined ? {} : { loggingConfiguration }),
    ...(tracingConfiguration === undefined ? {} : { tracingConfiguration }),
    ...(encryptionConfiguration === undefined ? {} : { encryptionConfiguration }),
  };
}

export function updateStateMachine({ kernel, store }: Services, input: UpdateStateMachineInput): UpdateStateMachineOutput {
  const machine = store.machine(checkArn(input.stateMachineArn, 'stateMachine'));
  if (machine.deleting) throw new AwsError('StateMachineDeleting', `State Machine is being deleted: '${machine.arn}'`);
  const changes = settingsOf(input);
  if (input.definition === undefined && input.roleArn === undefined && Object.keys(changes).length === 0) {
    throw new AwsError(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, the EncryptionConfiguration, or the TracingConfiguration must be specified',
    );
  }
  const { revision } = machine;
  const changed: Revision = {
    id: kernel.uuid(),
    text: input.definition ?? revision.text,
    definition: input.definition === undefined ? revision.definition : parseDefinition(input.definition),
    roleArn: input.roleArn === undefined ? revision.roleArn : checkRole(input.roleArn),
  };
  if (changed.text !== revision.text || changed.roleArn !== revision.roleArn) machine.revision = changed;
  machine.settings = { ...machine.settings, ...changes };
  const version = input.publish ? publish(machine, kernel.now(), input.versionDescription) : undefined;
  return {
    updateDate: new Date(kernel.now()),
    revisionId: machine.revision.id,
    ...(version === undefined ? {} : { stateMachineVersionArn: versionArn(machine, version) }),
  };
}

export function describeStateMachine({ store }: Services, input: DescribeStateMachineInput): DescribeStateMachineOutput {
  const { machine, revision } = machineFor(store, checkArn(input.stateMachineArn, 'stateMachine'));
  return {
    stateMachineArn: input.stateMachineArn,
    name: machine.name,
    status: machine.deleting ? 'DELETING' : 'ACTIVE',
    definition: revision.text,
    roleArn: revision.roleArn,
    type: machine.type,
    creationDate: new Date(machine.createdAt),
    loggingConfiguration: machine.settings.loggingConfiguration ?? { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: machine.settings.tracingConfiguration ?? { enabled: false },
    encryptionConfiguration: machine.settings.encryptionConfiguration ?? { type: 'AWS_OWNED_KEY' },
    ...(revision.id === 'INITIAL' ? {} : { revisionId: revision.id }),
  };
}

export function describeStateMachineForExecution(
  { store }: Services,
  input: DescribeStateMachineForExecutionInput,
): DescribeStateMachineForExecutionOutput {
  const { machine, revision } = store.execution(checkArn(input.executionArn, 'execution'));
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    definition: revision.text,
    roleArn: revision.roleArn,
    updateDate: new Date(machine.createdAt),
    ...(revision.id === 'INITIAL' ? {} : { revisionId: revision.id }),
  };
}

export function listStateMachines({ store }: Services, input: ListStateMachinesInput): ListStateMachinesOutput {
  const machines = [...store.machines.values()];
  const page = pageOf(input, machines.length);
  return {
    stateMachines: machines.slice(page.from, page.to).map((machine) => ({
      stateMachineArn: machine.arn,
      name: machine.name,
      type: machine.type,
      creationDate: new Date(machine.createdAt),
    })),
    ...withToken(page.nextToken),
  };
}

/** Deletes a machine once its executions have ended; one that does not exist is deleted already. */
export function deleteStateMachine({ store }: Services, input: DeleteStateMachineInput): DeleteStateMachineOutput {
  const machine = store.machines.get(checkArn(input.stateMachineArn, 'stateMachine'));
  if (!machine) return {};
  if (machine.running > 0) machine.deleting = true;
  else store.machines.delete(machine.arn);
  return {};
}
