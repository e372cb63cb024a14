import { createHash } from 'node:crypto';
import type { EventContract } from '../../lambdas/contracts/index.ts';

/** Longer ids would leave no room in descriptions, which end with what is to be done. */
const LONGEST_ID = 120;

/** Id of a route: the event types and the target; of many types the first one, how many more, and a digest that tells them apart. */
export function routeId(events: readonly EventContract[], target: string): string {
  const types = events.map(({ type }) => type);
  const all = `${types.map(pascal).join('')}To${target}`;
  if (all.length <= LONGEST_ID) return all;
  const digest = createHash('sha256').update(`${types.join()} ${target}`).digest('hex').slice(0, 8);
  const more = types.length > 1 ? `And${types.length - 1}More` : '';
  return `${`${pascal(types[0] ?? '')}${more}To${target}`.slice(0, LONGEST_ID - digest.length)}${digest}`;
}

/** The event types of a route, for people: the first few, and how many there are besides. */
export function typesOf(events: readonly EventContract[]): string {
  const types = events.map(({ type }) => type);
  return types.length <= 5 ? types.join(', ') : `${types.slice(0, 4).join(', ')} and ${types.length - 4} more`;
}

/** `globalair.booking.confirmed` → `GlobalairBookingConfirmed`. */
function pascal(type: string): string {
  return type
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
