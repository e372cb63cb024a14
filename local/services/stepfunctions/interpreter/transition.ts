import type { JsonObject, Payload } from '../json.ts';
import { ERRORS, StateFailure } from './failure.ts';
import type { Lane } from './lane.ts';
import { assignedTexts } from './query.ts';

/** Where a state leads. */
export type Transition =
  | { readonly kind: 'next'; readonly state: string; readonly output: Payload }
  | { readonly kind: 'end'; readonly output: Payload };

/** Leaves a state: assigns, records the exit, and says where to go. */
export function leave(
  lane: Lane,
  target: { readonly Next?: string | undefined },
  output: Payload,
  assigned: JsonObject | undefined,
): Transition {
  if (output.tooLarge) throw tooLarge(lane.name);
  if (assigned) lane.scope.assign(assigned);
  lane.exit(output.text, assignedTexts(assigned));
  return target.Next === undefined ? { kind: 'end', output } : { kind: 'next', state: target.Next, output };
}

/** A result that is over the limit. */
export function tooLarge(what: string): StateFailure {
  const reason = `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  return new StateFailure(ERRORS.dataLimit, reason);
}
