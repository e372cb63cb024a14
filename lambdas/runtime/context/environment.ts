/**
 * The environment variables through which constructs configure the runtime. Named once, here: constructs write them, handlers read them.
 *
 * A function that commits to two outboxes (or reads two views) tells them apart by name: the variable then ends in `_<NAME>`, see
 * {@link variable}.
 */
export const ENVIRONMENT = {
  /** Name of the outbox table. */
  outboxTable: 'MILLRACE_OUTBOX_TABLE',
  /** In how many shards the index of pending events is split. */
  outboxShards: 'MILLRACE_OUTBOX_SHARDS',
  /** Name of the sparse index of pending events. */
  outboxIndex: 'MILLRACE_OUTBOX_INDEX',
  /** Age in seconds from which the sweeper takes pending events on. */
  outboxOverdueSeconds: 'MILLRACE_OUTBOX_OVERDUE_SECONDS',
  /** Name that the outbox has in metrics. */
  outboxName: 'MILLRACE_OUTBOX_NAME',
  /** Name of the partition key of the outbox table. */
  outboxKey: 'MILLRACE_OUTBOX_KEY',
  /** Name or ARN of the event bus. */
  bus: 'MILLRACE_BUS',
  /** Name of the table of parked messages. */
  parkingTable: 'MILLRACE_PARKING_TABLE',
  /** Name of the inbox table. */
  inboxTable: 'MILLRACE_INBOX_TABLE',
  /** Name of a consumer: the first part of its keys in inbox and parking table, and its name in metrics. */
  consumer: 'MILLRACE_CONSUMER',
  /** URL of the queue that a consumer reads. */
  queueUrl: 'MILLRACE_QUEUE_URL',
  /** How often the queue hands a message out before it goes to the dead-letter queue. */
  maxReceives: 'MILLRACE_MAX_RECEIVES',
  /** Name of a projection, in keys of its parking entries and in metrics. */
  projection: 'MILLRACE_PROJECTION',
  /** Generation of the read model that a projection writes. */
  projectionGeneration: 'MILLRACE_PROJECTION_GENERATION',
  /** Batches of one shard that a stream consumer gets at once, where it is more than one. */
  parallelization: 'MILLRACE_PARALLELIZATION',
  /** Name of the event stream to publish to. */
  stream: 'MILLRACE_STREAM',
  /** Name of the table in which saga steps keep what became of them. */
  sagaTable: 'MILLRACE_SAGA_TABLE',
  /** ARN of the state machine to start. */
  stateMachine: 'MILLRACE_STATE_MACHINE',
  /** Name of the table of a read model. */
  projectionTable: 'MILLRACE_PROJECTION_TABLE',
  /** Name of the table of leases of side effects. */
  sideEffectTable: 'MILLRACE_SIDE_EFFECT_TABLE',
  /** Application, environment and profile of feature flags, joined by slashes. */
  flags: 'MILLRACE_FLAGS',
  /** Origins whose pages may read an API's answers (CORS), joined by commas. */
  apiOrigins: 'MILLRACE_API_ORIGINS',
  /** Name of the service in logs and metrics. */
  service: 'POWERTOOLS_SERVICE_NAME',
  metricsNamespace: 'POWERTOOLS_METRICS_NAMESPACE',
} as const;

export type EnvironmentVariable = (typeof ENVIRONMENT)[keyof typeof ENVIRONMENT];

/** Namespace of the metrics of constructs and runtime. */
export const METRICS_NAMESPACE = 'Millrace';

/** Metric of what a function failed at without failing itself, under its `service` alone; see `measureFailures`. */
export const FAILURES_METRIC = 'Failures';

/** The variable of one among several: `variable(ENVIRONMENT.outboxTable, 'flights')` is `MILLRACE_OUTBOX_TABLE_FLIGHTS`. */
export function variable(base: EnvironmentVariable, name?: string): string {
  return name === undefined ? base : `${base}_${name.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()}`;
}

/** A variable that a construct should have set is not there. */
export class MissingVariableError extends Error {
  override readonly name = 'MissingVariableError';
  readonly code = 'MILLRACE_MISSING_VARIABLE';
  readonly variable: string;

  constructor(missing: string, hint: string) {
    super(`The environment variable ${missing} is not set. ${hint}`);
    this.variable = missing;
  }
}

/**
 * Reads a variable.
 * @param hint which call on which construct sets it
 * @throws MissingVariableError when it is not set or empty
 */
export function requireVariable(name: string, hint: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new MissingVariableError(name, hint);
  return value;
}

/** Reads a variable that is a positive integer. @throws MissingVariableError when it is set to anything else */
export function integerVariable(name: string, otherwise: number): number {
  const value = process.env[name];
  if (value === undefined || value === '') return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new MissingVariableError(name, `It holds ${JSON.stringify(value)}, which is not a positive integer.`);
}
