/** The local cloud: a synthesized stack and its real handlers in one process, on a virtual clock. */
export { AccessControl, type Refusal } from './access/index.ts';
export { AssemblyError, type AssemblyErrorCode } from './assembly/assembly-error.ts';
export type { LoadedResource, LoadedStack } from './assembly/loader.ts';
export {
  type CreatedResource,
  type ResourceCloud,
  type ResourceRequest,
  type ResourceType,
  type ResourceTypes,
  resourceType,
} from './assembly/resource.ts';
export type { Duration } from './duration.ts';
export {
  AwsError,
  type Interceptor,
  Kernel,
  type KernelOptions,
  type PendingWork,
  type ServiceCall,
  type ServiceName,
} from './kernel/index.ts';
export { LocalCloud, type LocalCloudOptions, type Serving, type Synthesizable } from './local-cloud.ts';
export { ListenError, type WireServer } from './wire/index.ts';
