/** A length of time, as people write it: `{ hours: 24 }`, `{ minutes: 1, seconds: 30 }`; a bare number is milliseconds. */
export type Duration =
  | number
  | {
      readonly days?: number;
      readonly hours?: number;
      readonly minutes?: number;
      readonly seconds?: number;
      readonly milliseconds?: number;
    };

/** @throws RangeError for a length that is negative or no number */
export function toMilliseconds(duration: Duration): number {
  const ms =
    typeof duration === 'number'
      ? duration
      : (((duration.days ?? 0) * 24 + (duration.hours ?? 0)) * 60 + (duration.minutes ?? 0)) * 60_000 +
        (duration.seconds ?? 0) * 1_000 +
        (duration.milliseconds ?? 0);
  if (!(ms >= 0)) throw new RangeError(`A duration must be zero or more; this one is ${JSON.stringify(duration)}.`);
  return ms;
}
