export type { ScheduleOptions, Task, Timer } from './agenda.ts';
export { AwsError, type AwsErrorOptions, type ErrorDetails } from './aws-error.ts';
export { type CallerIdentity, identityOf } from './identity.ts';
export { type Hold, type Interceptor, Kernel, type KernelOptions } from './kernel.ts';
export { type Random, seededRandom } from './random.ts';
export {
  ACCOUNT,
  arn,
  type CallContext,
  type PendingWork,
  type PermissionQuestion,
  REGION,
  ROOT,
  type Service,
  type ServiceCall,
  type ServiceName,
} from './service.ts';
