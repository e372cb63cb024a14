/** What all parts of the runtime share: configuration, clients, logs, metrics, the context of a handler. */
export { documentClient } from './document-client.ts';
export {
  ENVIRONMENT,
  type EnvironmentVariable,
  FAILURES_METRIC,
  integerVariable,
  METRICS_NAMESPACE,
  MissingVariableError,
  requireVariable,
  variable,
} from './environment.ts';
export { eventBridgeClient } from './event-bridge-client.ts';
export type { HandlerContext } from './handler-context.ts';
export { kinesisClient } from './kinesis-client.ts';
export { type Log, type LogFields, log } from './log.ts';
export { type Measurement, MetricUnit, measure, measureFailures, type Unit } from './metrics.ts';
export { sfnClient } from './sfn-client.ts';
export { snsClient } from './sns-client.ts';
export { sqsClient } from './sqs-client.ts';
export { xrayTraceparent } from './trace.ts';
