import { readFileSync } from 'node:fs';
import type {
  CreateActivityOutput,
  CreateStateMachineAliasOutput,
  CreateStateMachineOutput,
  DescribeStateMachineOutput,
  PublishStateMachineVersionOutput,
} from '@aws-sdk/client-sfn';
import { refuseUnknown } from '../properties.ts';
import { type ResourceCloud, type ResourceRequest, type ResourceTypes, resourceType } from '../resource.ts';

interface StateMachineProperties {
  readonly StateMachineName?: string;
  readonly StateMachineType?: string;
  readonly RoleArn: string;
  readonly DefinitionString?: string;
  readonly Definition?: object;
  readonly DefinitionS3Location?: object;
  readonly DefinitionSubstitutions?: Readonly<Record<string, string | number | boolean>>;
  readonly LoggingConfiguration?: object;
  readonly TracingConfiguration?: object;
  readonly EncryptionConfiguration?: object;
  readonly Tags?: readonly Tag[];
}

interface ActivityProperties {
  readonly Name: string;
  readonly EncryptionConfiguration?: object;
  readonly Tags?: readonly Tag[];
}

interface VersionProperties {
  readonly StateMachineArn: string;
  readonly StateMachineRevisionId?: string;
  readonly Description?: string;
}

interface AliasProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly RoutingConfiguration?: readonly object[];
  readonly DeploymentPreference?: { readonly StateMachineVersionArn: string };
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const STATE_MACHINE = [
  'StateMachineName',
  'StateMachineType',
  'RoleArn',
  'DefinitionString',
  'Definition',
  'DefinitionS3Location',
  'DefinitionSubstitutions',
  'LoggingConfiguration',
  'TracingConfiguration',
  'EncryptionConfiguration',
  'Tags',
];

/** `AWS::StepFunctions::*`: state machines, their versions and aliases, activities. */
export const stepfunctionsResources: ResourceTypes = {
  'AWS::StepFunctions::StateMachine': resourceType<StateMachineProperties>((properties, request, cloud) => {
    refuseUnknown(properties, STATE_MACHINE, request, cloud);
    const { stateMachineArn: ref = '' } = cloud.invoke<CreateStateMachineOutput>('states', 'CreateStateMachine', {
      name: properties.StateMachineName ?? request.physicalName(80),
      definition: substitute(definitionOf(properties, request, cloud), properties.DefinitionSubstitutions),
      roleArn: properties.RoleArn,
      type: properties.StateMachineType ?? 'STANDARD',
      loggingConfiguration: camel(properties.LoggingConfiguration),
      tracingConfiguration: camel(properties.TracingConfiguration),
      encryptionConfiguration: camel(properties.EncryptionConfiguration),
      tags: tags(properties.Tags),
    });
    const machine = cloud.invoke<DescribeStateMachineOutput>('states', 'DescribeStateMachine', { stateMachineArn: ref });
    return { ref, attributes: { Arn: ref, Name: machine.name, StateMachineRevisionId: machine.revisionId ?? 'INITIAL' } };
  }),

  'AWS::StepFunctions::Activity': resourceType<ActivityProperties>((properties, request, cloud) => {
    refuseUnknown(properties, ['Name', 'EncryptionConfiguration', 'Tags'], request, cloud);
    const input = { name: properties.Name, tags: tags(properties.Tags) };
    const { activityArn: ref = '' } = cloud.invoke<CreateActivityOutput>('states', 'CreateActivity', input);
    return { ref, attributes: { Arn: ref, Name: properties.Name } };
  }),

  'AWS::StepFunctions::StateMachineVersion': resourceType<VersionProperties>((properties, request, cloud) => {
    refuseUnknown(properties, ['StateMachineArn', 'StateMachineRevisionId', 'Description'], request, cloud);
    const { stateMachineVersionArn: ref = '' } = cloud.invoke<PublishStateMachineVersionOutput>('states', 'PublishStateMachineVersion', {
      stateMachineArn: properties.StateMachineArn,
      revisionId: properties.StateMachineRevisionId,
      description: properties.Description,
    });
    return { ref, attributes: { Arn: ref } };
  }),

  'AWS::StepFunctions::StateMachineAlias': resourceType<AliasProperties>((properties, request, cloud) => {
    refuseUnknown(properties, ['Name', 'Description', 'RoutingConfiguration', 'DeploymentPreference'], request, cloud);
    const { stateMachineAliasArn: ref = '' } = cloud.invoke<CreateStateMachineAliasOutput>('states', 'CreateStateMachineAlias', {
      name: properties.Name ?? request.physicalName(80),
      description: properties.Description,
      routingConfiguration: routes(properties, request, cloud),
    });
    return { ref, attributes: { Arn: ref } };
  }),
};

function definitionOf(properties: StateMachineProperties, request: ResourceRequest, cloud: ResourceCloud): string {
  if (properties.DefinitionString !== undefined) return properties.DefinitionString;
  if (properties.Definition !== undefined) return JSON.stringify(properties.Definition);
  if (properties.DefinitionS3Location === undefined) {
    throw cloud.refuse(request, 'It has no Definition, DefinitionString or DefinitionS3Location.');
  }
  if (request.assetPath !== undefined) return readFileSync(request.assetPath, 'utf8');
  throw cloud.refuse(request, 'DefinitionS3Location is read from an asset, and the template names none: give the definition as text.');
}

/** Puts in the values of `${name}` placeholders. */
function substitute(definition: string, values: StateMachineProperties['DefinitionSubstitutions']): string {
  if (!values) return definition;
  return definition.replaceAll(/\$\{([A-Za-z0-9_-]+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : placeholder,
  );
}

/** An alias's routes; with a deployment preference, those that the deployment ends with. */
function routes(properties: AliasProperties, request: ResourceRequest, cloud: ResourceCloud): unknown {
  const { DeploymentPreference: preference, RoutingConfiguration: given } = properties;
  if (preference) return [{ stateMachineVersionArn: preference.StateMachineVersionArn, weight: 100 }];
  if (given) return camel(given);
  throw cloud.refuse(request, 'It has neither RoutingConfiguration nor DeploymentPreference.');
}

function tags(given: readonly Tag[] | undefined): readonly { readonly key: string; readonly value: string }[] {
  return (given ?? []).map((tag) => ({ key: tag.Key, value: tag.Value }));
}

/** A property whose members the API names in lower case. */
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, camel(item)]));
}
