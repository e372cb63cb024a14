import type {
  BatchGetSecretValueRequest,
  BatchGetSecretValueResponse,
  CreateSecretRequest,
  CreateSecretResponse,
  DeleteSecretRequest,
  DeleteSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetRandomPasswordRequest,
  GetRandomPasswordResponse,
  GetResourcePolicyRequest,
  GetResourcePolicyResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  ListSecretsRequest,
  ListSecretsResponse,
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
  PutResourcePolicyRequest,
  PutResourcePolicyResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  RestoreSecretRequest,
  RestoreSecretResponse,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateSecretRequest,
  UpdateSecretResponse,
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { AwsError, type CallContext } from '../../kernel/index.ts';
import { parsePolicy } from '../../kernel/policy/index.ts';
import { randomPassword } from './password.ts';
import type { Secret, SecretVersion } from './secret.ts';
import { invalidRequest, type Secrets } from './secrets.ts';

/** Operations by name. Each takes the SDK's input of its name and gives the SDK's output. */
export type Operations = Readonly<Record<string, (input: never, context: CallContext) => object>>;

const DAY = 24 * 3_600_000;

export function operations(secrets: Secrets): Operations {
  return {
    CreateSecret(input: CreateSecretRequest): CreateSecretResponse {
      if (!/^[\w/+=.@-]{1,512}$/.test(input.Name ?? '')) {
        throw new AwsError(
          'ValidationException',
          'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
        );
      }
      checkValue(input);
      const secret = secrets.create(input.Name ?? '');
      secret.description = input.Description;
      secret.kmsKeyId = input.KmsKeyId;
      for (const { Key = '', Value = '' } of input.Tags ?? []) secret.tags.set(Key, Value);
      const version = hasValue(input)
        ? secrets.addVersion(secret, valueOfInput(input), ['AWSCURRENT'], input.ClientRequestToken)
        : undefined;
      return { ARN: secret.arn, Name: secret.name, ...(version ? { VersionId: version.id } : {}) };
    },
    GetSecretValue(input: GetSecretValueRequest): GetSecretValueResponse {
      return show(secrets, secrets.find(input.SecretId), input.VersionId, input.VersionStage);
    },
    BatchGetSecretValue(input: BatchGetSecretValueRequest, { principal }): BatchGetSecretValueResponse {
      const values: BatchGetSecretValueResponse['SecretValues'] = [];
      const errors: BatchGetSecretValueResponse['Errors'] = [];
      for (const id of input.SecretIdList ?? []) {
        try {
          const resource = secrets.get(id)?.arn ?? id;
          const question = { service: 'secretsmanager', principal, action: 'secretsmanager:GetSecretValue', resource } as const;
          const refusal = secrets.kernel.refusalOf(question);
          if (refusal) throw refusal;
          values.push(show(secrets, secrets.find(id)));
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          errors.push({ SecretId: id, ErrorCode: error.code, Message: error.message });
        }
      }
      return { SecretValues: values, Errors: errors };
    },
    PutSecretValue(input: PutSecretValueRequest): PutSecretValueResponse {
      const secret = secrets.find(input.SecretId);
      checkValue(input);
      if (!hasValue(input)) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      const version = secrets.addVersion(secret, valueOfInput(input), input.VersionStages ?? ['AWSCURRENT'], input.ClientRequestToken);
      return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: [...version.stages] };
    },
    UpdateSecret(input: UpdateSecretRequest): UpdateSecretResponse {
      const secret = secrets.find(input.SecretId);
      checkValue(input);
      secret.description = input.Description ?? secret.description;
      secret.kmsKeyId = input.KmsKeyId ?? secret.kmsKeyId;
      const version = hasValue(input)
        ? secrets.addVersion(secret, valueOfInput(input), ['AWSCURRENT'], input.ClientRequestToken)
        : undefined;
      return { ARN: secret.arn, Name: secret.name, ...(version ? { VersionId: version.id } : {}) };
    },
    UpdateSecretVersionStage(input: UpdateSecretVersionStageRequest): UpdateSecretVersionStageResponse {
      const secret = secrets.find(input.SecretId);
      const target = input.MoveToVersionId === undefined ? undefined : versionOf(secret, input.MoveToVersionId);
      secrets.moveStage(secret, input.VersionStage ?? '', target);
      return { ARN: secret.arn, Name: secret.name };
    },
    DescribeSecret(input: DescribeSecretRequest): DescribeSecretResponse {
      return describe(secrets.find(input.SecretId, true));
    },
    ListSecrets(input: ListSecretsRequest): ListSecretsResponse {
      const all = secrets.all().filter((secret) => input.IncludePlannedDeletion || secret.deletedAt === undefined);
      const start = Number(input.NextToken ?? 0);
      const end = start + (input.MaxResults ?? 100);
      const list = all.slice(start, end).map((secret) => {
        const { VersionIdsToStages: stages, ...rest } = describe(secret);
        return { ...rest, SecretVersionsToStages: stages };
      });
      return { SecretList: list, ...(end < all.length ? { NextToken: String(end) } : {}) };
    },
    ListSecretVersionIds(input: ListSecretVersionIdsRequest): ListSecretVersionIdsResponse {
      const secret = secrets.find(input.SecretId);
      const versions = [...secret.versions.values()].filter((version) => input.IncludeDeprecated || version.stages.size > 0);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: versions.map(({ id, stages, createdAt }) => ({
          VersionId: id,
          VersionStages: [...stages],
          CreatedDate: new Date(createdAt),
        })),
      };
    },
    DeleteSecret(input: DeleteSecretRequest): DeleteSecretResponse {
      const secret = secrets.find(input.SecretId);
      const days = input.RecoveryWindowInDays;
      if (input.ForceDeleteWithoutRecovery && days !== undefined) {
        throw new AwsError(
          'InvalidParameterException',
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
      }
      if (days !== undefined && !(days >= 7 && days <= 30)) {
        throw new AwsError('InvalidParameterException', 'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
      }
      const now = secrets.kernel.now();
      if (input.ForceDeleteWithoutRecovery) secrets.delete(secret);
      else secret.deletedAt = now + (days ?? 30) * DAY;
      return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(secret.deletedAt ?? now) };
    },
    RestoreSecret(input: RestoreSecretRequest): RestoreSecretResponse {
      const secret = secrets.find(input.SecretId, true);
      secret.deletedAt = undefined;
      return { ARN: secret.arn, Name: secret.name };
    },
    GetRandomPassword(input: GetRandomPasswordRequest): GetRandomPasswordResponse {
      return { RandomPassword: randomPassword(input, () => secrets.kernel.random()) };
    },
    PutResourcePolicy(input: PutResourcePolicyRequest): PutResourcePolicyResponse {
      const secret = secrets.find(input.SecretId);
      const parsed = parsePolicy(input.ResourcePolicy);
      if (!parsed.ok) throw new AwsError('MalformedPolicyDocumentException', `This resource policy is not valid: ${parsed.problem}.`);
      secret.policy = input.ResourcePolicy;
      secret.statements = parsed.statements;
      return { ARN: secret.arn, Name: secret.name };
    },
    GetResourcePolicy(input: GetResourcePolicyRequest): GetResourcePolicyResponse {
      const secret = secrets.find(input.SecretId);
      return { ARN: secret.arn, Name: secret.name, ...(secret.policy === undefined ? {} : { ResourcePolicy: secret.policy }) };
    },
    TagResource(input: TagResourceRequest) {
      const secret = secrets.find(input.SecretId);
      for (const { Key = '', Value = '' } of input.Tags ?? []) secret.tags.set(Key, Value);
      return {};
    },
    UntagResource(input: UntagResourceRequest) {
      const secret = secrets.find(input.SecretId);
      for (const key of input.TagKeys ?? []) secret.tags.delete(key);
      return {};
    },
  };
}

type Value = Pick<CreateSecretRequest, 'SecretString' | 'SecretBinary'>;

function hasValue(input: Value): boolean {
  return input.SecretString !== undefined || input.SecretBinary !== undefined;
}

function checkValue(input: Value): void {
  if (input.SecretString !== undefined && input.SecretBinary !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if ((input.SecretBinary?.length ?? Buffer.byteLength(input.SecretString ?? '')) > 65_536) {
    throw new AwsError('ValidationException', 'The secret value is larger than 65536 bytes.');
  }
}

function valueOfInput(input: Value): Pick<SecretVersion, 'text' | 'binary'> {
  return { text: input.SecretString, binary: input.SecretBinary };
}

function versionOf(secret: Secret, id: string): SecretVersion {
  const version = secret.versions.get(id);
  if (!version)
    throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for VersionId: ${id}`);
  return version;
}

function show(secrets: Secrets, secret: Secret, id?: string, stage?: string): GetSecretValueResponse {
  const wanted = stage ?? 'AWSCURRENT';
  const version =
    id === undefined ? [...secret.versions.values()].find((candidate) => candidate.stages.has(wanted)) : versionOf(secret, id);
  if (!version || (id !== undefined && stage !== undefined && !version.stages.has(stage))) {
    throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for staging label: ${wanted}`);
  }
  secret.accessedAt = Math.floor(secrets.kernel.now() / DAY) * DAY;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: [...version.stages],
    CreatedDate: new Date(version.createdAt),
    ...(version.text === undefined ? {} : { SecretString: version.text }),
    ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
  };
}

function describe(secret: Secret): DescribeSecretResponse {
  const staged = [...secret.versions.values()].filter((version) => version.stages.size > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    ...(secret.kmsKeyId === undefined ? {} : { KmsKeyId: secret.kmsKeyId }),
    ...(secret.deletedAt === undefined ? {} : { DeletedDate: new Date(secret.deletedAt) }),
    ...(secret.accessedAt === undefined ? {} : { LastAccessedDate: new Date(secret.accessedAt) }),
    LastChangedDate: new Date(secret.changedAt),
    CreatedDate: new Date(secret.createdAt),
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
    VersionIdsToStages: Object.fromEntries(staged.map(({ id, stages }) => [id, [...stages]])),
  };
}
