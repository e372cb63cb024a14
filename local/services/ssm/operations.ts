import type {
  AddTagsToResourceRequest,
  DeleteParameterRequest,
  DeleteParametersRequest,
  DeleteParametersResult,
  DescribeParametersRequest,
  DescribeParametersResult,
  GetParameterHistoryRequest,
  GetParameterHistoryResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  Parameter,
  PutParameterRequest,
  PutParameterResult,
  RemoveTagsFromResourceRequest,
} from '@aws-sdk/client-ssm';
import { AwsError, type CallContext } from '../../kernel/index.ts';
import { constraint, parameterNotFound, validation } from './errors.ts';
import type { ParameterVersion, StoredParameter } from './parameter.ts';
import type { Parameters } from './parameters.ts';

/** Operations by name. Each takes the SDK's input of its name and gives the SDK's output. */
export type Operations = Readonly<Record<string, (input: never, context: CallContext) => object>>;

/** Parameters that one request reads or deletes. */
const MOST_AT_ONCE = 10;
/** Entries on a page of a list without values to decrypt, or of a history. */
const MOST_LISTED = 50;

export function operations(parameters: Parameters): Operations {
  return {
    PutParameter(input: PutParameterRequest, context): PutParameterResult {
      return put(parameters, input, context);
    },
    GetParameter(input: GetParameterRequest): GetParameterResult {
      return { Parameter: show(parameters, input.Name ?? '', input.WithDecryption ?? false) };
    },
    GetParameters(input: GetParametersRequest): GetParametersResult {
      const found: Parameter[] = [];
      const invalid: string[] = [];
      for (const name of namesOf(input)) {
        try {
          found.push(show(parameters, name, input.WithDecryption ?? false));
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          invalid.push(name);
        }
      }
      return { Parameters: found, InvalidParameters: invalid };
    },
    GetParametersByPath(input: GetParametersByPathRequest): GetParametersByPathResult {
      const path = `${input.Path ?? ''}/`.replace(/\/+$/, '/');
      if (!path.startsWith('/')) {
        throw validation(
          'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
        );
      }
      const below = parameters.all().filter(({ name }) => {
        if (!name.startsWith(path)) return false;
        return input.Recursive === true || !name.slice(path.length).includes('/');
      });
      const { page, next } = paginate(below, input, MOST_AT_ONCE);
      return { Parameters: page.map(({ name }) => show(parameters, name, input.WithDecryption ?? false)), ...next };
    },
    GetParameterHistory(input: GetParameterHistoryRequest): GetParameterHistoryResult {
      const parameter = find(parameters, input.Name);
      const { page, next } = paginate(parameter.versions, input, MOST_LISTED);
      const decrypt = input.WithDecryption ?? false;
      return {
        Parameters: page.map((version) => ({
          Name: parameter.name,
          Type: version.type,
          Value: valueOfVersion(version, decrypt),
          Version: version.version,
          DataType: version.dataType,
          LastModifiedDate: new Date(version.modifiedAt),
          LastModifiedUser: version.modifiedBy,
          Labels: [...version.labels],
          Tier: parameter.tier,
        })),
        ...next,
      };
    },
    DescribeParameters(input: DescribeParametersRequest): DescribeParametersResult {
      const { page, next } = paginate(parameters.all(), input, MOST_LISTED);
      return { Parameters: page.map(summaryOf), ...next };
    },
    DeleteParameter(input: DeleteParameterRequest) {
      parameters.delete(find(parameters, input.Name));
      return {};
    },
    DeleteParameters(input: DeleteParametersRequest): DeleteParametersResult {
      const deleted: string[] = [];
      const invalid: string[] = [];
      for (const name of namesOf(input)) {
        const parameter = parameters.get(name);
        if (parameter) parameters.delete(parameter);
        (parameter ? deleted : invalid).push(name);
      }
      return { DeletedParameters: deleted, InvalidParameters: invalid };
    },
    LabelParameterVersion(input: LabelParameterVersionRequest): LabelParameterVersionResult {
      const parameter = find(parameters, input.Name);
      const version = parameter.versions.find((candidate) => candidate.version === (input.ParameterVersion ?? latest(parameter).version));
      if (!version) throw new AwsError('ParameterVersionNotFound', '');
      for (const label of input.Labels ?? []) {
        for (const other of parameter.versions) other.labels.delete(label);
        version.labels.add(label);
      }
      return { InvalidLabels: [], ParameterVersion: version.version };
    },
    AddTagsToResource(input: AddTagsToResourceRequest) {
      const parameter = findTagged(parameters, input.ResourceId);
      for (const { Key = '', Value = '' } of input.Tags ?? []) parameter.tags.set(Key, Value);
      return {};
    },
    RemoveTagsFromResource(input: RemoveTagsFromResourceRequest) {
      const parameter = findTagged(parameters, input.ResourceId);
      for (const key of input.TagKeys ?? []) parameter.tags.delete(key);
      return {};
    },
    ListTagsForResource(input: ListTagsForResourceRequest): ListTagsForResourceResult {
      return { TagList: [...findTagged(parameters, input.ResourceId).tags].map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

function put(parameters: Parameters, input: PutParameterRequest, context: CallContext): PutParameterResult {
  const name = input.Name ?? '';
  const value = input.Value ?? '';
  if (!/^[A-Za-z0-9_./-]+$/.test(name) || /^\/?(aws|ssm)/i.test(name) || (name.includes('/') && !name.startsWith('/'))) {
    throw validation(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  const existing = parameters.get(name);
  if (existing && !input.Overwrite) {
    const text = 'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.';
    throw new AwsError('ParameterAlreadyExists', text);
  }
  const type = input.Type ?? (existing ? latest(existing).type : undefined);
  if (type === undefined) throw validation('A parameter type is required when you create a parameter.');
  if (!['String', 'StringList', 'SecureString'].includes(type))
    throw new AwsError('UnsupportedParameterType', `The parameter type ${type} is not supported.`);
  if (value === '')
    throw validation(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  const tier = tierOf(input, value, existing);
  const pattern = input.AllowedPattern;
  if (pattern && !new RegExp(`^(?:${pattern})$`).test(value)) {
    throw new AwsError('ParameterPatternMismatchException', `Parameter value, cannot be validated against allowedPattern: ${pattern}`);
  }
  const parameter = existing ?? parameters.add(name);
  parameter.tier = tier;
  parameter.description = input.Description ?? parameter.description;
  parameter.allowedPattern = pattern ?? parameter.allowedPattern;
  parameter.keyId = type === 'SecureString' ? (input.KeyId ?? parameter.keyId ?? 'alias/aws/ssm') : undefined;
  for (const { Key = '', Value = '' } of input.Tags ?? []) parameter.tags.set(Key, Value);
  const version: ParameterVersion = {
    version: (existing ? latest(existing).version : 0) + 1,
    value,
    type,
    dataType: input.DataType ?? 'text',
    modifiedAt: parameters.kernel.now(),
    modifiedBy: context.principal,
    labels: new Set(),
  };
  parameters.addVersion(parameter, version);
  return { Version: version.version, Tier: tier };
}

function tierOf(input: PutParameterRequest, value: string, existing: StoredParameter | undefined): StoredParameter['tier'] {
  const size = Buffer.byteLength(value);
  const asked = input.Tier ?? existing?.tier ?? 'Standard';
  const tier = asked === 'Intelligent-Tiering' ? (size > 4096 ? 'Advanced' : 'Standard') : asked;
  if (tier === 'Standard' && size > 4096) {
    throw validation(
      'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
    );
  }
  if (size > 8192) throw validation('Advanced tier parameters support a maximum parameter value of 8192 characters.');
  return tier;
}

function show(parameters: Parameters, name: string, decrypt: boolean): Parameter {
  const { parameter, version, selector } = parameters.select(name);
  return {
    Name: parameter.name,
    Type: version.type,
    Value: valueOfVersion(version, decrypt),
    Version: version.version,
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: parameter.arn,
    DataType: version.dataType,
    ...(selector === undefined ? {} : { Selector: selector }),
  };
}

/** A secure value that nobody decrypts is no use to the reader: here, too. */
function valueOfVersion({ value, type }: ParameterVersion, decrypt: boolean): string {
  return type === 'SecureString' && !decrypt ? Buffer.from(`encrypted:${value}`).toString('base64') : value;
}

function summaryOf(parameter: StoredParameter) {
  const version = latest(parameter);
  return {
    Name: parameter.name,
    ARN: parameter.arn,
    Type: version.type,
    Version: version.version,
    LastModifiedDate: new Date(version.modifiedAt),
    LastModifiedUser: version.modifiedBy,
    Tier: parameter.tier,
    DataType: version.dataType,
    Policies: [],
    ...(parameter.description === undefined ? {} : { Description: parameter.description }),
    ...(parameter.keyId === undefined ? {} : { KeyId: parameter.keyId }),
  };
}

function find(parameters: Parameters, name: string | undefined): StoredParameter {
  const parameter = parameters.get(name ?? '');
  if (!parameter) throw parameterNotFound();
  return parameter;
}

function findTagged(parameters: Parameters, id: string | undefined): StoredParameter {
  const parameter = parameters.get(id ?? '');
  if (!parameter)
    throw new AwsError('InvalidResourceId', 'The resource ID is not valid. Verify that you entered the correct ID and try again.');
  return parameter;
}

function latest(parameter: StoredParameter): ParameterVersion {
  const version = parameter.versions.at(-1);
  if (!version) throw parameterNotFound();
  return version;
}

/** The names of a request about several parameters. @throws AwsError `ValidationException` */
function namesOf({ Names: names = [] }: GetParametersRequest | DeleteParametersRequest): string[] {
  if (names.length > MOST_AT_ONCE) {
    throw constraint(`[${names.join(', ')}]`, 'names', `have length less than or equal to ${MOST_AT_ONCE}`);
  }
  return names;
}

interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

function paginate<T>(
  all: readonly T[],
  { MaxResults: asked, NextToken: token }: PageRequest,
  most: number,
): { page: T[]; next: { NextToken?: string } } {
  if (asked !== undefined && asked < 1) throw constraint(asked, 'maxResults', 'have value greater than or equal to 1');
  if (asked !== undefined && asked > most) throw constraint(asked, 'maxResults', `have value less than or equal to ${most}`);
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  const end = start + (asked ?? most);
  return { page: all.slice(start, end), next: end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {} };
}
