export { type DeliveryChooser, orderly } from './chooser.ts';
export { LIMITS as SQS_LIMITS } from './limits.ts';
export { type SqsOptions, SqsService } from './sqs-service.ts';
