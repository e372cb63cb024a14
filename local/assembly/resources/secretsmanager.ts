import type { CreateSecretResponse, GetRandomPasswordRequest, GetRandomPasswordResponse } from '@aws-sdk/client-secrets-manager';
import { pick, refuseUnknown } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';
import type { Tag } from './tags.ts';

interface GenerateProperty extends GetRandomPasswordRequest {
  /** JSON to which the generated value is added. */
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html */
interface SecretProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly KmsKeyId?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: GenerateProperty;
  readonly Tags?: readonly Tag[];
}

const SECRET = ['Name', 'Description', 'KmsKeyId', 'SecretString', 'GenerateSecretString', 'ReplicaRegions', 'Tags'];

const secret = resourceType<SecretProperties>((properties, request, cloud) => {
  refuseUnknown(properties, SECRET, request, cloud);
  const { SecretString: given, GenerateSecretString: generate } = properties;
  if (given !== undefined && generate) throw cloud.refuse(request, 'SecretString and GenerateSecretString exclude each other.');
  const random = (options: GenerateProperty): string => {
    const { SecretStringTemplate: template, GenerateStringKey: key, ...password } = options;
    const { RandomPassword } = cloud.invoke<GetRandomPasswordResponse>('secretsmanager', 'GetRandomPassword', password);
    if (template === undefined && key === undefined) return RandomPassword ?? '';
    if (template === undefined || key === undefined) throw cloud.refuse(request, 'SecretStringTemplate and GenerateStringKey go together.');
    return JSON.stringify({ ...(JSON.parse(template) as object), [key]: RandomPassword });
  };
  const SecretString = given ?? random(generate ?? {});
  const { ARN } = cloud.invoke<CreateSecretResponse>('secretsmanager', 'CreateSecret', {
    Name: properties.Name ?? request.physicalName(200),
    SecretString,
    ...pick(properties, 'Description', 'KmsKeyId', 'Tags'),
  });
  return { ref: ARN ?? '', attributes: { Id: ARN } };
});

const resourcePolicy = resourceType<{ readonly SecretId: string; readonly ResourcePolicy: object }>((properties, request, cloud) => {
  refuseUnknown(properties, ['SecretId', 'ResourcePolicy', 'BlockPublicPolicy'], request, cloud);
  const { SecretId } = properties;
  cloud.invoke('secretsmanager', 'PutResourcePolicy', { SecretId, ResourcePolicy: JSON.stringify(properties.ResourcePolicy) });
  return { ref: SecretId, attributes: { Id: SecretId } };
});

export const secretsmanagerResources: ResourceTypes = {
  'AWS::SecretsManager::Secret': secret,
  'AWS::SecretsManager::ResourcePolicy': resourcePolicy,
};
