import type { Kernel, ServiceName } from '../kernel/index.ts';

/** One resource of a synthesized template, about to be created. */
export interface ResourceRequest {
  readonly type: string;
  readonly logicalId: string;
  /** Construct path (`aws:cdk:path`), for messages. */
  readonly path: string;
  readonly stackName: string;
  /** Absolute path of the asset that the resource's code came from (`aws:asset:path`). @default the resource has no asset */
  readonly assetPath?: string;
  /** A physical name as CloudFormation would make one: stack, logical id, suffix; at most `max` characters. */
  physicalName(max: number, suffix?: string): string;
}

/** How a resource type reaches the services: synchronous control-plane calls. */
export interface ResourceCloud {
  readonly kernel: Kernel;
  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as the SDK's commands do
  invoke<Output extends object = any>(service: ServiceName, operation: string, input: object): Output;
  /** Makes an error that says which resource is wrong: type and construct path come first. */
  refuse(request: ResourceRequest, problem: string): Error;
}

export interface CreatedResource {
  /** What `Ref` yields. */
  readonly ref: string;
  /** What `Fn::GetAtt` yields, by attribute name (nested ones by their dotted name). @default none */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Creates one resource from its properties, in which every intrinsic function is resolved. */
export type ResourceType<Properties = Readonly<Record<string, unknown>>> = (
  properties: Properties,
  request: ResourceRequest,
  cloud: ResourceCloud,
) => CreatedResource;

/** The resource types of one service, by CloudFormation type name. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** Declares a resource type with the type of its properties, as CloudFormation's resource specification gives them. */
export function resourceType<Properties>(create: ResourceType<Properties>): ResourceType {
  return (properties, request, cloud) => create(properties as Properties, request, cloud);
}
