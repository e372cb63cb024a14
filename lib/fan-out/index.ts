/** Publish-subscribe over SNS. */
export { FanOut, type FanOutProps, type FanOutSubscription, type QueueOwner, type SubscribeOptions } from './fan-out.ts';
