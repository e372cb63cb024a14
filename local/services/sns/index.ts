export type { HttpPost, LostMessage, OutsideMessage } from './delivery.ts';
export { LIMITS as SNS_LIMITS } from './limits.ts';
export { type SnsOptions, SnsService } from './sns-service.ts';
