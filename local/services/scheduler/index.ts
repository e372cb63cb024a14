export { SchedulerService } from './scheduler-service.ts';
export type { DroppedInvocation } from './scope.ts';
