import type {
  CreateStateMachineAliasInput,
  CreateStateMachineAliasOutput,
  DeleteStateMachineAliasInput,
  DeleteStateMachineVersionInput,
  DescribeStateMachineAliasInput,
  DescribeStateMachineAliasOutput,
  ListStateMachineVersionsInput,
  ListStateMachineVersionsOutput,
  PublishStateMachineVersionInput,
  PublishStateMachineVersionOutput,
  UpdateStateMachineAliasInput,
  UpdateStateMachineAliasOutput,
} from '@aws-sdk/client-sfn';
import { AwsError } from '../../../kernel/index.ts';
import type { Revision, StateMachine } from '../executions/machine.ts';
import type { Alias, Store } from '../executions/store.ts';
import { checkName, required } from './checks.ts';
import type { Services } from './context.ts';
import { pageOf, withToken } from './pages.ts';

export function versionArn(machine: StateMachine, version: number): string {
  return `${machine.arn}:${version}`;
}

/** Publishes what the machine is now; what was published last is not published again. */
export function publish(machine: StateMachine, now: number, description: string | undefined): number {
  const last = machine.nextVersion - 1;
  if (machine.versions.get(last)?.revision === machine.revision) return last;
  const version = machine.nextVersion;
  machine.nextVersion += 1;
  machine.versions.set(version, { revision: machine.revision, description, createdAt: now });
  return version;
}

/** The machine, and the state of it, that an ARN of a machine, a version or an alias means. @param draw a number in [0, 1) that chooses among an alias's versions */
export function machineFor(store: Store, arn: string, draw = 0): { machine: StateMachine; revision: Revision } {
  const alias = store.aliases.get(arn);
  if (alias) return machineFor(store, route(alias, draw));
  const [base, qualifier] = split(arn);
  const machine = store.machine(base);
  if (qualifier === undefined) return { machine, revision: machine.revision };
  const version = machine.versions.get(Number(qualifier));
  if (!version) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return { machine, revision: version.revision };
}

function route(alias: Alias, draw: number): string {
  let at = draw * 100;
  for (const each of alias.routes) {
    at -= each.weight;
    if (at < 0) return each.stateMachineVersionArn;
  }
  return alias.routes.at(-1)?.stateMachineVersionArn ?? '';
}

function split(arn: string): [base: string, qualifier: string | undefined] {
  const parts = arn.split(':');
  return [parts.slice(0, 7).join(':'), parts[7]];
}

export function publishStateMachineVersion(
  { kernel, store }: Services,
  input: PublishStateMachineVersionInput,
): PublishStateMachineVersionOutput {
  const machine = store.machine(input.stateMachineArn);
  if (input.revisionId !== undefined && input.revisionId !== machine.revision.id) {
    throw new AwsError('ConflictException', `The revision ${input.revisionId} is not the current one of ${machine.arn}`);
  }
  const version = publish(machine, kernel.now(), input.description);
  return { stateMachineVersionArn: versionArn(machine, version), creationDate: new Date(kernel.now()) };
}

export function listStateMachineVersions({ store }: Services, input: ListStateMachineVersionsInput): ListStateMachineVersionsOutput {
  const machine = store.machine(input.stateMachineArn);
  const versions = [...machine.versions].reverse();
  const page = pageOf(input, versions.length);
  const list = versions.slice(page.from, page.to);
  return {
    stateMachineVersions: list.map(([version, { createdAt }]) => ({
      stateMachineVersionArn: versionArn(machine, version),
      creationDate: new Date(createdAt),
    })),
    ...withToken(page.nextToken),
  };
}

export function deleteStateMachineVersion({ store }: Services, input: DeleteStateMachineVersionInput): object {
  const [base, version] = split(required(input.stateMachineVersionArn, 'stateMachineVersionArn'));
  const used = [...store.aliases.values()].find((alias) =>
    alias.routes.some((each) => each.stateMachineVersionArn === input.stateMachineVersionArn),
  );
  if (used) throw new AwsError('ConflictException', `The version ${input.stateMachineVersionArn} is used by the alias ${used.arn}`);
  store.machines.get(base)?.versions.delete(Number(version));
  return {};
}

export function createStateMachineAlias({ kernel, store }: Services, input: CreateStateMachineAliasInput): CreateStateMachineAliasOutput {
  const routes = routesOf(store, input.routingConfiguration);
  const [base] = split(routes[0]?.stateMachineVersionArn ?? '');
  const name = checkName(input.name);
  const arn = `${base}:${name}`;
  if (store.aliases.has(arn)) throw new AwsError('ConflictException', `The alias ${arn} exists already`);
  const now = kernel.now();
  store.aliases.set(arn, { arn, name, createdAt: now, updatedAt: now, description: input.description, routes });
  return { stateMachineAliasArn: arn, creationDate: new Date(now) };
}

export function updateStateMachineAlias({ kernel, store }: Services, input: UpdateStateMachineAliasInput): UpdateStateMachineAliasOutput {
  const alias = aliasOf(store, input.stateMachineAliasArn);
  if (input.routingConfiguration) alias.routes = routesOf(store, input.routingConfiguration);
  if (input.description !== undefined) alias.description = input.description;
  alias.updatedAt = kernel.now();
  return { updateDate: new Date(alias.updatedAt) };
}

export function describeStateMachineAlias({ store }: Services, input: DescribeStateMachineAliasInput): DescribeStateMachineAliasOutput {
  const alias = aliasOf(store, input.stateMachineAliasArn);
  return {
    stateMachineAliasArn: alias.arn,
    name: alias.name,
    ...(alias.description === undefined ? {} : { description: alias.description }),
    routingConfiguration: [...alias.routes],
    creationDate: new Date(alias.createdAt),
    updateDate: new Date(alias.updatedAt),
  };
}

export function deleteStateMachineAlias({ store }: Services, input: DeleteStateMachineAliasInput): object {
  store.aliases.delete(aliasOf(store, input.stateMachineAliasArn).arn);
  return {};
}

function aliasOf(store: Store, arn: string | undefined): Alias {
  const alias = store.aliases.get(arn ?? '');
  if (!alias) throw new AwsError('ResourceNotFound', `Request references a resource that does not exist: '${arn ?? ''}'`);
  return alias;
}

function routesOf(store: Store, given: CreateStateMachineAliasInput['routingConfiguration']): Alias['routes'] {
  const routes = (given ?? []).map((each) => ({
    stateMachineVersionArn: required(each.stateMachineVersionArn, 'stateMachineVersionArn'),
    weight: each.weight ?? 0,
  }));
  const total = routes.reduce((sum, each) => sum + each.weight, 0);
  if (routes.length < 1 || routes.length > 2 || total !== 100) {
    throw new AwsError('ValidationException', 'The routing configuration must name one or two versions, with weights that add up to 100');
  }
  for (const each of routes) machineFor(store, each.stateMachineVersionArn);
  return routes;
}
