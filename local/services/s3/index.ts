export type { LostEvent } from './notifications/notifier.ts';
export { S3Service } from './s3-service.ts';
