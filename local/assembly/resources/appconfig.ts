import { refuseUnknown } from '../properties.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';

/** Type of each profile, which says what a reader gets. */
const profileTypes = new WeakMap<object, Map<string, string>>();

const NAMED = ['ApplicationId', 'Name', 'Description', 'Tags', 'Monitors', 'DeletionProtectionCheck'];

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appconfig-application.html */
const named = resourceType<object>((properties, request, cloud) => {
  refuseUnknown(properties, NAMED, request, cloud);
  return { ref: request.physicalName(32).toLowerCase() };
});

interface ProfileProperties {
  readonly LocationUri: string;
  readonly Type?: string;
}

const profile = resourceType<ProfileProperties>((properties, request, cloud) => {
  refuseUnknown(properties, [...NAMED, 'LocationUri', 'Type', 'KmsKeyIdentifier', 'RetrievalRoleArn', 'Validators'], request, cloud);
  if (properties.LocationUri !== 'hosted')
    throw cloud.refuse(request, `Its LocationUri is ${properties.LocationUri}; only hosted configurations are read here.`);
  const ref = request.physicalName(32).toLowerCase();
  const types = profileTypes.get(cloud.kernel) ?? new Map<string, string>();
  profileTypes.set(cloud.kernel, types.set(ref, properties.Type ?? 'AWS.Freeform'));
  return { ref, attributes: { ConfigurationProfileId: ref } };
});

interface VersionProperties {
  readonly ConfigurationProfileId: string;
  readonly ContentType: string;
  readonly Content: string;
}

const version = resourceType<VersionProperties>((properties, request, cloud) => {
  refuseUnknown(
    properties,
    ['ApplicationId', 'ConfigurationProfileId', 'Content', 'ContentType', 'Description', 'LatestVersionNumber', 'VersionLabel'],
    request,
    cloud,
  );
  const { ConfigurationProfileId, Content, ContentType } = properties;
  const ProfileType = profileTypes.get(cloud.kernel)?.get(ConfigurationProfileId);
  if (ProfileType === undefined) throw cloud.refuse(request, `The profile ${ConfigurationProfileId} is not there.`);
  const { VersionNumber } = cloud.invoke<{ VersionNumber: number }>('appconfig', 'CreateHostedConfigurationVersion', {
    ConfigurationProfileId,
    Content,
    ContentType,
    ProfileType,
  });
  return { ref: String(VersionNumber), attributes: { VersionNumber: String(VersionNumber) } };
});

/** Here every deployment is complete at once, whatever its strategy says. */
const deploymentStrategy = resourceType<object>((properties, request, cloud) => {
  const known = [
    'DeploymentDurationInMinutes',
    'Description',
    'FinalBakeTimeInMinutes',
    'GrowthFactor',
    'GrowthType',
    'Name',
    'ReplicateTo',
    'Tags',
  ];
  refuseUnknown(properties, known, request, cloud);
  const ref = request.physicalName(32).toLowerCase();
  return { ref, attributes: { Id: ref } };
});

const deployment = resourceType<object>((properties, request, cloud) => {
  const known = [
    'ApplicationId',
    'ConfigurationProfileId',
    'ConfigurationVersion',
    'DeploymentStrategyId',
    'Description',
    'DynamicExtensionParameters',
    'EnvironmentId',
    'KmsKeyIdentifier',
    'Tags',
  ];
  refuseUnknown(properties, known, request, cloud);
  const { DeploymentNumber } = cloud.invoke<{ DeploymentNumber: number }>('appconfig', 'StartDeployment', properties);
  return { ref: String(DeploymentNumber), attributes: { DeploymentNumber: String(DeploymentNumber), State: 'COMPLETE' } };
});

export const appconfigResources: ResourceTypes = {
  'AWS::AppConfig::Application': named,
  'AWS::AppConfig::Environment': named,
  'AWS::AppConfig::ConfigurationProfile': profile,
  'AWS::AppConfig::HostedConfigurationVersion': version,
  'AWS::AppConfig::Deployment': deployment,
  'AWS::AppConfig::DeploymentStrategy': deploymentStrategy,
};
