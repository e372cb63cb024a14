import Table from 'cli-table3';
import type { Check, Report } from './report.ts';

/** The report as a person reads it. */
export function reportTable(report: Report, verdict: readonly Check[]): string {
  const table = new Table({
    head: ['what happened', 'count'],
    colAligns: ['left', 'right'],
    style: { head: [], border: [] },
    // One line a row.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  const { flights, bookings } = report;
  const rows: [string, number][] = [
    ['flight records read', flights.read],
    ['… on the airport boards', flights.onBoards],
    ['… set aside', flights.setAside],
    ['booking requests sent', bookings.sent],
    ['… sent twice, booked once', bookings.duplicates],
    ['bookings requested', bookings.requested],
    ['… confirmed', bookings.confirmed],
    ...Object.entries(bookings.rejected).map(([reason, count]): [string, number] => [`… rejected: ${reason}`, count]),
    ['seats taken', report.seatsTaken],
    ['payments held', report.paymentsHeld],
    ['loyalty points', report.points],
    ['mails: booking confirmed', report.mails],
    ['mails: booking rejected', report.rejectionMails],
    ['dead letters', report.deadLetters],
    ['parked', report.parked],
    ['pending', report.pending],
  ];
  table.push(...rows.map(([what, count]) => [what, count.toLocaleString('en-US')]));
  const { synth, load, flights: ingest, bookings: booking } = report.milliseconds;
  const times = `synthesized in ${synth} ms, loaded in ${load} ms, flights in ${ingest} ms, bookings in ${booking} ms`;
  const wrong = verdict.filter((check) => !check.holds);
  const close =
    wrong.length === 0 ? `All ${verdict.length} counts agree.` : wrong.map((check) => `Does not agree: ${check.what}`).join('\n');
  return `${table.toString()}\n${times}\n${close}`;
}

/** Requests to try by hand while it serves. */
export function curlLines(
  api: string,
  aws: string,
  example: { readonly bookingId: string; readonly flightId: string; readonly airport: string },
): string {
  return [
    `curl -s ${api}/bookings/${example.bookingId}`,
    `curl -s ${api}/flights/${example.flightId}`,
    `curl -s ${api}/airports/${example.airport}`,
    `curl -si ${api}/bookings -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first' \\`,
    `  -d '{"customerId":"me","flightId":"${example.flightId}","seats":2,"paymentToken":"tok_visa"}'`,
    // Version 1 of the CLI reads neither AWS_REGION nor, for SQS, AWS_ENDPOINT_URL.
    `AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 aws --endpoint-url ${aws} sqs list-queues`,
  ].join('\n');
}
