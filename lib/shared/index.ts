/** What all constructs share: stages, encryption, alarms, and where failures go. */
export { ALARM_PERIOD, type AlarmDefinition, type AlarmProps, createAlarm, type Severity, sendAlarms, severityOf } from './alarms.ts';
export { constructName } from './construct-name.ts';
export { DeadLetterQueue, type DeadLetterQueueProps } from './dead-letter-queue.ts';
export {
  allowLogsToEncrypt,
  allowServiceToEncrypt,
  bucketEncryption,
  type EncryptionProps,
  queueEncryption,
  streamEncryption,
  tableEncryption,
} from './encryption.ts';
export { FailureBucket, type FailureBucketProps } from './failure-bucket.ts';
export { type AnyBucket, type AnyEventBus, type AnyTable, type AnyVpc, asBucket, asEventBus, asTable, asVpc } from './resources.ts';
export { STAGE_CONTEXT, type Stage, type StageDefaults, stageDefaults, stageOf } from './stage.ts';
export { setVariables } from './variables.ts';
