/** The state that a function builds up over one window of one shard. */
export interface WindowState {
  readonly start: number;
  readonly end: number;
  readonly state: object;
}

/** The window that a moment falls in; windows are aligned to the epoch. */
export function windowAt(time: number, size: number): WindowState {
  const start = Math.floor(time / size) * size;
  return { start, end: start + size, state: {} };
}

/** Largest state that Lambda carries from one invocation to the next. */
export const LARGEST_STATE = 1024 * 1024;

export interface WindowFlags {
  readonly final: boolean;
  readonly terminatedEarly: boolean;
}

/** The members that a tumbling window adds to a function's event, as JSON text after the records. */
export function windowMembers(window: WindowState, shardId: string, sourceArn: string, flags: WindowFlags): string {
  const members = {
    window: { start: seconds(window.start), end: seconds(window.end) },
    state: window.state,
    shardId,
    eventSourceARN: sourceArn,
    isFinalInvokeForWindow: flags.final,
    isWindowTerminatedEarly: flags.terminatedEarly,
  };
  return JSON.stringify(members).slice(1, -1);
}

const seconds = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

/** The state in a function's answer; an empty one where it gives none. */
export function stateOf(payload: Uint8Array): object {
  try {
    const answer: unknown = JSON.parse(Buffer.from(payload).toString());
    const state: unknown = typeof answer === 'object' && answer !== null && 'state' in answer ? answer.state : undefined;
    return typeof state === 'object' && state !== null ? state : {};
  } catch {
    return {};
  }
}
