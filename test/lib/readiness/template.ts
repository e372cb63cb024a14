import type { App, Stack } from 'aws-cdk-lib';

/** A resource of a template. Its properties are looked at by {@link at}. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: unknown;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly UpdatePolicy?: unknown;
}

/** A synthesized template, to be walked. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** What CloudFormation will be given. */
export function templateOf(app: App, stack: Stack): Template {
  return app.synth().getStackArtifact(stack.artifactId).template;
}

export interface Entry extends TemplateResource {
  readonly id: string;
  /** The value at a path inside the properties. */
  get(...path: readonly (string | number)[]): unknown;
  list(...path: readonly (string | number)[]): readonly unknown[];
}

/** Resources of these types; all without. */
export function resources(template: Template, ...types: readonly string[]): Entry[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => types.length === 0 || types.includes(Type))
    .map(([id, resource]) => ({
      ...resource,
      id,
      get: (...path) => at(resource.Properties, ...path),
      list: (...path) => list(at(resource.Properties, ...path)),
    }));
}

/** The value at a path, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value);
}

/** IAM and CloudFormation write one thing without brackets. */
export function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The logical id to which a reference, or an ARN made with one, leads. */
export function target(value: unknown): string | undefined {
  const ref = at(value, 'Ref');
  if (typeof ref === 'string') return ref;
  const attribute = at(value, 'Fn::GetAtt', 0);
  if (typeof attribute === 'string') return attribute;
  return list(at(value, 'Fn::Join', 1))
    .map(target)
    .find((id) => id !== undefined && !id.startsWith('AWS::'));
}

/** Every logical id that is mentioned anywhere inside a value. */
export function mentioned(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = [at(value, 'Ref'), at(value, 'Fn::GetAtt', 0)].filter((id) => typeof id === 'string');
  const text = list(at(value, 'Fn::Sub'))[0];
  const inText = typeof text === 'string' ? [...text.matchAll(/\$\{([A-Za-z0-9]+)/g)].map(([, id]) => id ?? '') : [];
  return [...own, ...inText, ...Object.values(value).flatMap(mentioned)];
}

/** Every logical id that has to be there before a resource. */
export function needs(resource: TemplateResource): string[] {
  return [...mentioned(resource.Properties), ...mentioned(resource.UpdatePolicy), ...list(resource.DependsOn).map(String)];
}

export interface Statement {
  /** Logical id of the resource with the policy. */
  readonly where: string;
  /** `identity`: what a role may do; `trust`: who may take it; `resource`: who may use what. */
  readonly kind: 'identity' | 'trust' | 'resource';
  readonly type: string;
  readonly effect: unknown;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly principals: readonly unknown[];
  readonly condition: unknown;
}

/** Every statement of every policy of a template. */
export function statements(template: Template): Statement[] {
  return resources(template).flatMap((entry) => {
    const read = (kind: Statement['kind'], document: unknown): Statement[] =>
      list(at(document, 'Statement')).map((statement) => ({
        where: entry.id,
        kind,
        type: entry.Type,
        effect: at(statement, 'Effect'),
        actions: list(at(statement, 'Action')).map(String),
        resources: list(at(statement, 'Resource')),
        principals: principals(at(statement, 'Principal')),
        condition: at(statement, 'Condition'),
      }));
    switch (entry.Type) {
      case 'AWS::IAM::Role':
        return [
          ...entry.list('Policies').flatMap((policy) => read('identity', at(policy, 'PolicyDocument'))),
          ...read('trust', entry.get('AssumeRolePolicyDocument')),
        ];
      case 'AWS::IAM::Policy':
      case 'AWS::IAM::ManagedPolicy':
        return read('identity', entry.get('PolicyDocument'));
      case 'AWS::KMS::Key':
        return read('resource', entry.get('KeyPolicy'));
      default:
        return read('resource', document(entry.get('PolicyDocument')));
    }
  });
}

function principals(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(list) : list(value);
}

function document(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}
