import { pick, refuseUnknown } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html */
interface ParameterProperties {
  readonly Name?: string;
  readonly Type: 'String' | 'StringList';
  readonly Value: string;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly DataType?: string;
  readonly Tier?: string;
  readonly Policies?: string;
  readonly Tags?: Readonly<Record<string, string>>;
}

const SET = ['Type', 'Description', 'AllowedPattern', 'DataType', 'Tier', 'Policies'] as const;

const parameter = resourceType<ParameterProperties>((properties, request, cloud) => {
  refuseUnknown(properties, ['Name', 'Value', 'Tags', ...SET], request, cloud);
  const Name = properties.Name ?? `CFN-${request.physicalName(100)}`;
  const Tags = Object.entries(properties.Tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  cloud.invoke('ssm', 'PutParameter', { Name, Value: String(properties.Value), ...pick(properties, ...SET), Tags });
  return { ref: Name, attributes: { Type: properties.Type, Value: String(properties.Value) } };
});

export const ssmResources: ResourceTypes = { 'AWS::SSM::Parameter': parameter };
