import type {
  AliasConfiguration,
  CreateAliasRequest,
  DeleteAliasRequest,
  FunctionConfiguration,
  GetAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
  ListVersionsByFunctionRequest,
  ListVersionsByFunctionResponse,
  PublishVersionRequest,
  UpdateAliasRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/index.ts';
import { type Alias, type FunctionRecord, notFound } from '../functions.ts';
import { functionConfiguration } from './configuration.ts';
import { operation } from './operation.ts';

/** Publishes `$LATEST` as a numbered version; the last one again when nothing changed since. */
export function publish(record: FunctionRecord, description?: string): FunctionConfiguration {
  const last = [...record.versions.values()].at(-1);
  if (last && last.revisionId === record.latest.revisionId) return functionConfiguration(last, `${record.arn}:${last.version}`);
  const number = String(Number(last?.version ?? 0) + 1);
  const version = { ...record.latest, version: number, description: description ?? record.latest.description };
  record.versions.set(number, version);
  return functionConfiguration(version, `${record.arn}:${number}`);
}

const publishVersion = operation(
  (lambda, input: PublishVersionRequest): FunctionConfiguration =>
    publish(lambda.functions.resolve(input.FunctionName).record, input.Description),
);

const listVersions = operation((lambda, input: ListVersionsByFunctionRequest): ListVersionsByFunctionResponse => {
  const { record } = lambda.functions.resolve(input.FunctionName);
  const versions = [record.latest, ...record.versions.values()];
  return { Versions: versions.map((version) => functionConfiguration(version, `${record.arn}:${version.version}`)) };
});

function aliasConfiguration(record: FunctionRecord, alias: Alias): AliasConfiguration {
  return {
    AliasArn: `${record.arn}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
    ...(Object.keys(alias.weights).length > 0 ? { RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } } } : {}),
  };
}

function existingAlias(record: FunctionRecord, name: string | undefined): Alias {
  const alias = record.aliases.get(name ?? '');
  if (!alias) throw new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${record.arn}:${name}`, { status: 404 });
  return alias;
}

function checkVersion(record: FunctionRecord, version: string | undefined): string {
  if (version === '$LATEST' || (version !== undefined && record.versions.has(version))) return version;
  throw notFound(`${record.arn}:${version}`);
}

const createAlias = operation((lambda, input: CreateAliasRequest): AliasConfiguration => {
  const { record } = lambda.functions.resolve(input.FunctionName);
  const name = input.Name ?? '';
  if (record.aliases.has(name)) {
    throw new AwsError('ResourceConflictException', `Alias already exists: ${record.arn}:${name}`, { status: 409 });
  }
  const alias: Alias = {
    name,
    version: checkVersion(record, input.FunctionVersion),
    description: input.Description ?? '',
    weights: input.RoutingConfig?.AdditionalVersionWeights ?? {},
    revisionId: lambda.kernel.uuid(),
  };
  record.aliases.set(name, alias);
  return aliasConfiguration(record, alias);
});

const updateAlias = operation((lambda, input: UpdateAliasRequest): AliasConfiguration => {
  const { record } = lambda.functions.resolve(input.FunctionName);
  const current = existingAlias(record, input.Name);
  const alias: Alias = {
    ...current,
    version: input.FunctionVersion === undefined ? current.version : checkVersion(record, input.FunctionVersion),
    description: input.Description ?? current.description,
    weights: input.RoutingConfig?.AdditionalVersionWeights ?? current.weights,
    revisionId: lambda.kernel.uuid(),
  };
  record.aliases.set(alias.name, alias);
  return aliasConfiguration(record, alias);
});

const getAlias = operation((lambda, input: GetAliasRequest): AliasConfiguration => {
  const { record } = lambda.functions.resolve(input.FunctionName);
  return aliasConfiguration(record, existingAlias(record, input.Name));
});

const listAliases = operation((lambda, input: ListAliasesRequest): ListAliasesResponse => {
  const { record } = lambda.functions.resolve(input.FunctionName);
  return { Aliases: [...record.aliases.values()].map((alias) => aliasConfiguration(record, alias)) };
});

const deleteAlias = operation((lambda, input: DeleteAliasRequest): object => {
  lambda.functions.resolve(input.FunctionName).record.aliases.delete(input.Name ?? '');
  return {};
});

export const versionOperations = {
  PublishVersion: publishVersion,
  ListVersionsByFunction: listVersions,
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  GetAlias: getAlias,
  ListAliases: listAliases,
  DeleteAlias: deleteAlias,
};
