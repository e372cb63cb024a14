import type { RejectionReason } from '../booking/booking.ts';

/** What happened in one run, as `--json` prints it. */
export interface Report {
  readonly flights: { readonly read: number; readonly onBoards: number; readonly setAside: number };
  readonly bookings: {
    /** HTTP requests, second sendings included. */
    readonly sent: number;
    /** Bookings that exist. */
    readonly requested: number;
    readonly confirmed: number;
    readonly rejected: Readonly<Partial<Record<RejectionReason, number>>>;
    /** Requests that were answered with the booking that was there already. */
    readonly duplicates: number;
  };
  readonly seatsTaken: number;
  /** Payments held at the card network. */
  readonly paymentsHeld: number;
  readonly points: number;
  /** Mails that confirm a booking. */
  readonly mails: number;
  /** Mails that regret a rejection. */
  readonly rejectionMails: number;
  readonly deadLetters: number;
  readonly parked: number;
  /** What is still on its way: pending events, messages, running sagas. */
  readonly pending: number;
  readonly milliseconds: { readonly synth: number; readonly load: number; readonly flights: number; readonly bookings: number };
}

/** The bookings of a run, as far as the report is held against them. */
export interface Expected {
  readonly seatsConfirmed: number;
  readonly planned: number;
}

export interface Check {
  readonly what: string;
  readonly holds: boolean;
}

const POINTS_A_SEAT = 100;

/** The promises of a run, each held against what was counted. */
export function checks(report: Report, expected: Expected): Check[] {
  const { flights, bookings } = report;
  const rejected = Object.values(bookings.rejected).reduce((sum, count) => sum + count, 0);
  const equal = (what: string, a: number, b: number): Check => ({ what: `${what}: ${a} = ${b}`, holds: a === b });
  return [
    equal('flights read = on the boards + set aside', flights.read, flights.onBoards + flights.setAside),
    equal('bookings planned = requested', expected.planned, bookings.requested),
    equal('requests sent = requested + duplicates', bookings.sent, bookings.requested + bookings.duplicates),
    equal('confirmed + rejected = requested', bookings.confirmed + rejected, bookings.requested),
    equal('seats taken = seats of confirmed bookings', report.seatsTaken, expected.seatsConfirmed),
    equal('payments held = confirmed', report.paymentsHeld, bookings.confirmed),
    equal(`points = ${POINTS_A_SEAT} × seats taken`, report.points, POINTS_A_SEAT * report.seatsTaken),
    equal('mails of confirmation = confirmed', report.mails, bookings.confirmed),
    equal('mails of rejection = rejected', report.rejectionMails, rejected),
    equal('dead letters', report.deadLetters, 0),
    equal('parked, beside flights set aside', report.parked, flights.setAside),
    equal('pending', report.pending, 0),
  ];
}
