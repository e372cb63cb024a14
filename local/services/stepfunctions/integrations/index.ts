import { callSdk } from './aws-sdk.ts';
import type { Integration } from './integration.ts';
import { invokeDirectly, invokeFunction } from './lambda.ts';
import { callOptimized } from './optimized.ts';
import type { Resource } from './resource.ts';

export type { Integration, IntegrationContext } from './integration.ts';
export { type ParsedResource, parseResource, type Resource } from './resource.ts';

/** The integration that makes the calls of a resource. An activity makes none: its workers ask for the task. */
export function integrationOf(resource: Resource): Integration | undefined {
  if (resource.kind === 'activity') return undefined;
  if (resource.kind === 'function') return invokeDirectly;
  if (resource.sdk) return callSdk;
  return resource.service === 'lambda' ? invokeFunction : callOptimized;
}
