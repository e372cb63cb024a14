export { sendDeadLetter } from './dead-letter.ts';
export type { DeliveryFailure } from './failure.ts';
export { queueUrl } from './queue-url.ts';
export { DEFAULT_RETRY_POLICY, type Delivery, deliver, type Exhausted, type RetryPolicy } from './retry.ts';
export { type Shipment, send } from './send.ts';
export { isArn, type TargetKind, targetKind } from './target-arn.ts';
