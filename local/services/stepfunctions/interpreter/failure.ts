/** Names of the errors that Step Functions itself raises (Amazon States Language, "Predefined error codes"). */
export const ERRORS = {
  all: 'States.ALL',
  dataLimit: 'States.DataLimitExceeded',
  heartbeat: 'States.HeartbeatTimeout',
  intrinsic: 'States.IntrinsicFailure',
  itemReader: 'States.ItemReaderFailed',
  query: 'States.QueryEvaluationError',
  resultPath: 'States.ResultPathMatchFailure',
  resultWriter: 'States.ResultWriterFailed',
  runtime: 'States.Runtime',
  taskFailed: 'States.TaskFailed',
  threshold: 'States.ExceedToleratedFailureThreshold',
  timeout: 'States.Timeout',
} as const;

/** A state failed: `Retry` and `Catch` of the states around it decide what happens. */
export class StateFailure extends Error {
  /** The error's name; none when a Fail state gave none. */
  readonly error: string | undefined;
  readonly reason: string | undefined;
  /** A missed heartbeat is reported as `States.Timeout`, and is matched by `States.HeartbeatTimeout` too. */
  readonly heartbeat: boolean;

  constructor(error: string | undefined, reason: string | undefined, heartbeat = false) {
    super(reason ?? error ?? 'failed');
    this.error = error;
    this.reason = reason;
    this.heartbeat = heartbeat;
  }
}

/** The interpreter can't go on (`States.Runtime`): ends the execution, whatever `Retry` and `Catch` say. */
export class ExecutionFault extends Error {
  readonly error: string;
  readonly reason: string;

  constructor(reason: string, error: string = ERRORS.runtime) {
    super(reason);
    this.error = error;
    this.reason = reason;
  }
}

/** The words that AWS puts before what went wrong inside a state. */
export function inState(name: string, enteredId: number, what: string): string {
  return `An error occurred while executing the state '${name}' (entered at the event id #${enteredId}). ${what}`;
}
