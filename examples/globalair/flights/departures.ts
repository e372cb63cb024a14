/** Departures counted over a time or an airport. Delays are in minutes; early departures count below zero. */
export interface Departures {
  readonly departures: number;
  /** Departures more than 15 minutes late. */
  readonly delayed: number;
  readonly totalDelay: number;
  readonly maxDelay: number;
}

const DELAYED_OVER_MINUTES = 15;
export const WINDOW_MINUTES = 15;

/** Counts one more departure. */
export function countDeparture(before: Departures | undefined, delay: number): Departures {
  return {
    departures: (before?.departures ?? 0) + 1,
    delayed: (before?.delayed ?? 0) + (delay > DELAYED_OVER_MINUTES ? 1 : 0),
    totalDelay: (before?.totalDelay ?? 0) + delay,
    maxDelay: before === undefined ? delay : Math.max(before.maxDelay, delay),
  };
}

export function meanDelay(counted: Departures): number {
  return counted.departures === 0 ? 0 : counted.totalDelay / counted.departures;
}

export function delayedShare(counted: Departures): number {
  return counted.departures === 0 ? 0 : counted.delayed / counted.departures;
}

/** The start of the 15-minute window that a scheduled departure (`2001-01-01T06:55`) falls into: `2001-01-01T06:45`. */
export function windowStart(scheduled: string): string {
  const minute = Number(scheduled.slice(14, 16));
  return `${scheduled.slice(0, 14)}${String(minute - (minute % WINDOW_MINUTES)).padStart(2, '0')}`;
}
