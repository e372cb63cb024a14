/** What all constructs share: stages, encryption, alarms, and where failures go. */
export { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
export { ALARM_PERIOD, type AlarmDefinition, type AlarmProps, createAlarm, type Severity, sendAlarms, severityOf } from './alarms.ts';
export { constructName } from './construct-name.ts';
export { DeadLetterQueue, type DeadLetterQueueProps } from './dead-letter-queue.ts';
export {
  allowBusToEncrypt,
  allowLogsToEncrypt,
  allowServiceToEncrypt,
  bucketEncryption,
  checkSharedKey,
  type EncryptionProps,
  grantKey,
  keyOf,
  queueEncryption,
  streamEncryption,
  tableEncryption,
} from './encryption.ts';
export { FailureBucket, type FailureBucketProps } from './failure-bucket.ts';
export { FailureDestination } from './failure-destination.ts';
export { freshName } from './fresh-name.ts';
export { allowServiceToSend } from './queue-access.ts';
export { allowBy, POLICY_WARNING } from './resource-policy.ts';
export { type AnyBucket, type AnyEventBus, type AnyTable, type AnyVpc, asBucket, asEventBus, asTable, asVpc } from './resources.ts';
export { STAGE_CONTEXT, type Stage, type StageDefaults, stageDefaults, stageOf } from './stage.ts';
export { CONSTRUCT_TAG, tagConstruct } from './tags.ts';
export { allowServiceToPublish } from './topic-access.ts';
export { setVariables } from './variables.ts';
