import { createHash } from 'node:crypto';
import { isAbsolute, resolve as resolvePath } from 'node:path';
import { AwsError, type Kernel, type ServiceName } from '../kernel/index.ts';
import { type AssemblyStack, readJson } from './assembly.ts';
import { AssemblyError } from './assembly-error.ts';
import { conditionHolds, resolve, type Scope } from './intrinsics.ts';
import { creationOrder } from './order.ts';
import { parameterValue } from './parameters.ts';
import type { CreatedResource, ResourceCloud, ResourceRequest, ResourceTypes } from './resource.ts';
import { isObject, type Template, type TemplateResource, type TemplateValue } from './template.ts';

/** A resource that now exists in the local cloud. */
export interface LoadedResource extends CreatedResource {
  readonly logicalId: string;
  readonly path: string;
  readonly type: string;
  readonly stackName: string;
  /** Resolved properties, as the resource was created with. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Whether it exists in name only, since it can't change behaviour here (an alarm, a dashboard). */
  readonly kept: boolean;
}

export interface LoadedStack {
  readonly stackName: string;
  /** Stack outputs, by output key. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly LoadedResource[];
}

/** Types that can't change behaviour locally: they are kept and listed. */
const KEPT = new Set([
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentConfig',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::Logs::SubscriptionFilter',
  'AWS::XRay::Group',
  'AWS::XRay::SamplingRule',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  'AWS::KMS::Key',
  'AWS::KMS::Alias',
  'AWS::Budgets::Budget',
]);

/** Creates the stacks of an assembly, one resource after another, through the services' own control planes. */
export class Loader {
  readonly #kernel: Kernel;
  readonly #types: ResourceTypes;
  readonly #exports = new Map<string, TemplateValue>();

  constructor(kernel: Kernel, types: ResourceTypes) {
    this.#kernel = kernel;
    this.#types = types;
  }

  /**
   * @throws AssemblyError `UnknownResourceType` (naming type and construct path), `UnresolvableReference`, `CircularDependency`
   */
  load(stack: AssemblyStack, parameters: Readonly<Record<string, TemplateValue>> = {}): LoadedStack {
    const { template, stackName } = stack;
    const refs = new Map<string, TemplateValue>();
    const attributes = new Map<string, Readonly<Record<string, unknown>>>();
    const scope: Scope = {
      stackName,
      template,
      refs,
      attributes,
      exports: this.#exports,
      dynamic: (service, key) => this.#dynamic(service, key),
    };
    for (const [name, parameter] of Object.entries(template.Parameters ?? {})) {
      refs.set(
        name,
        parameterValue(name, parameter, parameters[name], stackName, (key) => this.#dynamic('ssm', key)),
      );
    }
    const wanted = creationOrder(template).flatMap((logicalId) => {
      const resource = template.Resources?.[logicalId];
      return !resource || (resource.Condition !== undefined && !conditionHolds(resource.Condition, scope)) ? [] : [{ logicalId, resource }];
    });
    this.#refuseUnknownTypes(wanted.map(({ logicalId, resource }) => [pathOf(logicalId, resource, stack), resource.Type]));
    const resources: LoadedResource[] = [];
    for (const { logicalId, resource } of wanted) {
      const loaded = this.#create(logicalId, resource, stack, scope);
      refs.set(logicalId, loaded.ref);
      attributes.set(logicalId, loaded.attributes ?? {});
      resources.push(loaded);
    }
    return { stackName, outputs: this.#outputs(template, scope), resources };
  }

  #create(logicalId: string, resource: TemplateResource, stack: AssemblyStack, scope: Scope): LoadedResource {
    const path = pathOf(logicalId, resource, stack);
    const where = `${path} (${resource.Type})`;
    const resolved = resolve(resource.Properties ?? {}, scope, where);
    const properties = (isObject(resolved) ? resolved : {}) as Readonly<Record<string, unknown>>;
    const asset = resource.Metadata?.['aws:asset:path'];
    const request: ResourceRequest = {
      type: resource.Type,
      logicalId,
      path,
      stackName: stack.stackName,
      physicalName: (max, suffix = '') => physicalName(stack.stackName, logicalId, max, suffix),
      ...(typeof asset === 'string' ? { assetPath: isAbsolute(asset) ? asset : resolvePath(stack.directory, asset) } : {}),
    };
    const base = { logicalId, path, type: resource.Type, stackName: stack.stackName, properties };
    if (resource.Type === 'AWS::CloudFormation::Stack') return { ...base, kept: false, ...this.#nested(request, properties, stack) };
    const create = this.#types[resource.Type];
    if (create) return { ...base, kept: false, ...this.#made(() => create(properties, request, this.#cloud()), where) };
    return { ...base, kept: true, ...keep(request) };
  }

  /** All at once, so that nobody finds them one by one. */
  #refuseUnknownTypes(resources: readonly (readonly [path: string, type: string])[]): void {
    const known = (type: string) => type === 'AWS::CloudFormation::Stack' || this.#types[type] !== undefined || KEPT.has(type);
    const unknown = resources.filter(([, type]) => !known(type));
    const [first, ...more] = unknown.map(([path, type]) => `${path}: the local cloud does not know the resource type ${type}.`);
    if (first === undefined) return;
    throw new AssemblyError(
      'UnknownResourceType',
      [
        `${first} Leave it out of the stack that you run locally, or give the local cloud a type for it (LocalCloud option \`resourceTypes\`).`,
        ...more,
      ].join('\n'),
    );
  }

  /** What a service says against a resource, with where the resource is. */
  #made(create: () => CreatedResource, where: string): CreatedResource {
    try {
      return create();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AssemblyError('ResourceRefused', `${where}: ${error.code}: ${error.message}`, { cause: error });
    }
  }

  #nested(request: ResourceRequest, properties: Readonly<Record<string, unknown>>, parent: AssemblyStack): CreatedResource {
    if (request.assetPath === undefined) {
      throw new AssemblyError('BadAssembly', `${request.path}: the nested stack's template is not an asset of this assembly.`);
    }
    const stackName = `${parent.stackName}-${request.logicalId}`;
    const template = readJson<Template>(request.assetPath);
    const parameters = isObject(properties.Parameters) ? properties.Parameters : {};
    const loaded = this.load({ id: request.logicalId, stackName, directory: parent.directory, template }, parameters);
    const attributes = Object.fromEntries(Object.entries(loaded.outputs).map(([key, value]) => [`Outputs.${key}`, value]));
    return { ref: `arn:aws:cloudformation:us-east-1:000000000000:stack/${stackName}/local`, attributes };
  }

  #outputs(template: Template, scope: Scope): Record<string, string> {
    const outputs: Record<string, string> = {};
    for (const [key, output] of Object.entries(template.Outputs ?? {})) {
      if (output.Condition !== undefined && !conditionHolds(output.Condition, scope)) continue;
      const value = resolve(output.Value, scope, `output ${key} of ${scope.stackName}`);
      outputs[key] = typeof value === 'string' ? value : JSON.stringify(value);
      if (output.Export) this.#exports.set(String(resolve(output.Export.Name, scope, `export ${key}`)), value as TemplateValue);
    }
    return outputs;
  }

  #dynamic(service: string, key: string): string {
    const cloud = this.#cloud();
    if (service.startsWith('ssm')) {
      const name = key.replace(/:\d+$/, '');
      return cloud.invoke<{ Parameter: { Value: string } }>('ssm', 'GetParameter', { Name: name, WithDecryption: true }).Parameter.Value;
    }
    const [id, json] = key.split(':SecretString:');
    const secret = cloud.invoke<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId: (id ?? key).replace(/:+$/, '') });
    const field = json?.split(':')[0];
    return field ? String((JSON.parse(secret.SecretString) as Record<string, unknown>)[field]) : secret.SecretString;
  }

  #cloud(): ResourceCloud {
    const kernel = this.#kernel;
    return {
      kernel,
      invoke<Output extends object>(service: ServiceName, operation: string, input: object): Output {
        const output = kernel.invoke({ service, operation, input });
        if (output instanceof Promise) throw new Error(`${service}:${operation} is not synchronous and can't create resources.`);
        return output as Output;
      },
      refuse: (request, problem) => new AssemblyError('ResourceRefused', `${request.path} (${request.type}): ${problem}`),
    };
  }
}

function pathOf(logicalId: string, resource: TemplateResource, stack: AssemblyStack): string {
  return String(resource.Metadata?.['aws:cdk:path'] ?? `${stack.stackName}/${logicalId}`);
}

function keep(request: ResourceRequest): CreatedResource {
  const name = request.physicalName(128);
  const arn = `arn:aws:${(request.type.split('::')[1] ?? 'local').toLowerCase()}:us-east-1:000000000000:${name}`;
  return { ref: name, attributes: { Arn: arn, Id: name, KeyId: name } };
}

function physicalName(stackName: string, logicalId: string, max: number, suffix: string): string {
  const hash = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 12).toUpperCase();
  const room = max - suffix.length - hash.length - 1;
  return `${`${stackName}-${logicalId}`.slice(0, room)}-${hash}${suffix}`;
}
