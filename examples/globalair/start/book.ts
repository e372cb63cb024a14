import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedBooking } from './workload.ts';

export interface Booked {
  /** HTTP requests that were answered 202. */
  readonly sent: number;
  /** Distinct bookings that the answers named. */
  readonly bookingIds: ReadonlySet<string>;
}

const AT_ONCE = 25;

/**
 * Sends the planned bookings to the API, 25 at once; those of impatient customers twice at the same moment.
 *
 * @param api base URL with the stage: `http://127.0.0.1:3000/v1`
 * @throws Error when a request is answered with anything but 202, naming the status and the body
 */
export async function book(api: string, plan: readonly PlannedBooking[], progress: (done: number) => void): Promise<Booked> {
  const bookingIds = new Set<string>();
  let sent = 0;
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let booking = plan[next++]; booking; booking = plan[next++]) {
      const answers = await Promise.all(Array.from({ length: booking.twice ? 2 : 1 }, () => post(api, booking as PlannedBooking)));
      for (const id of answers) bookingIds.add(id);
      sent += answers.length;
      progress(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, plan.length) }, worker));
  return { sent, bookingIds };
}

async function post(api: string, booking: PlannedBooking): Promise<string> {
  for (;;) {
    const response = await fetch(`${api}/bookings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': booking.idempotencyKey },
      body: JSON.stringify(booking.body),
    });
    const text = await response.text();
    if (response.status === 429) {
      await sleep(100);
      continue;
    }
    if (response.status !== 202) throw new Error(`POST /v1/bookings was answered ${response.status}: ${text}`);
    return (JSON.parse(text) as { bookingId: string }).bookingId;
  }
}
