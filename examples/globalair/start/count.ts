import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Booking, RejectionReason } from '../booking/booking.ts';
import { isTotals } from '../flights/read-model.ts';

/** Where a deployed GlobalAir keeps what is counted: outputs of its stack. */
export type Outputs = Readonly<Record<string, string>>;

export interface Counts {
  readonly onBoards: number;
  readonly requested: number;
  readonly confirmed: number;
  readonly rejected: Readonly<Partial<Record<RejectionReason, number>>>;
  readonly seatsConfirmed: number;
  readonly seatsTaken: number;
  readonly paymentsHeld: number;
  readonly points: number;
  readonly mails: number;
  readonly rejectionMails: number;
  readonly parked: number;
  readonly flightsSetAside: number;
  readonly pendingEvents: number;
  readonly undecided: number;
}

/** Counts what the tables hold; asks the tables themselves, not whoever wrote to them. */
export async function countTables(client: DynamoDBDocumentClient, outputs: Outputs): Promise<Counts> {
  const rejected: Partial<Record<RejectionReason, number>> = {};
  let [requested, confirmed, seatsConfirmed, pendingEvents, undecided] = [0, 0, 0, 0, 0];
  await each(client, outputs.BookingsTable, (item) => {
    const booking = item.state as Booking;
    requested += 1;
    pendingEvents += Array.isArray(item.pending) ? item.pending.length : 0;
    if (booking.status === 'requested') undecided += 1;
    if (booking.status === 'confirmed') {
      confirmed += 1;
      seatsConfirmed += booking.seats;
    }
    if (booking.reason) rejected[booking.reason] = (rejected[booking.reason] ?? 0) + 1;
  });
  let flightsSetAside = 0;
  const parked = await each(client, outputs.ParkingTable, (item) => {
    if (String(item.pk).startsWith('projection#')) flightsSetAside += 1;
  });
  return {
    onBoards: await sum(client, outputs.FlightsTable, (item) => (isTotals({ sk: String(item.sk) }) ? Number(item.departures) : 0)),
    requested,
    confirmed,
    rejected,
    seatsConfirmed,
    seatsTaken: await sum(client, outputs.SeatsTable, (item) => Number(item.taken)),
    paymentsHeld: await sum(client, outputs.PaymentsTable, (item) => (item.status === 'held' ? 1 : 0)),
    points: await sum(client, outputs.LoyaltyTable, (item) => Number(item.points)),
    mails: await sum(client, outputs.MailTable, (item) => (item.what === 'booking-confirmed' ? 1 : 0)),
    rejectionMails: await sum(client, outputs.MailTable, (item) => (item.what === 'booking-rejected' ? 1 : 0)),
    parked,
    flightsSetAside,
    pendingEvents,
    undecided,
  };
}

/** Messages in the queues of a deployment, those of dead-letter queues apart. */
export async function countMessages(client: SQSClient): Promise<{ readonly waiting: number; readonly dead: number }> {
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}));
  const queues = await Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;
      return {
        arn: Attributes.QueueArn,
        policy: Attributes.RedrivePolicy,
        depth: names.reduce((total, name) => total + Number(Attributes[name] ?? 0), 0),
      };
    }),
  );
  // A queue that something redrives to, or that redrives nowhere itself, holds what failed.
  const feeding = queues.filter(({ policy }) => policy !== undefined);
  const total = (some: typeof queues): number => some.reduce((sumOf, { depth }) => sumOf + depth, 0);
  return { waiting: total(feeding), dead: total(queues.filter(({ policy }) => policy === undefined)) };
}

async function sum(
  client: DynamoDBDocumentClient,
  table: string | undefined,
  value: (item: Readonly<Record<string, unknown>>) => number,
): Promise<number> {
  let total = 0;
  await each(client, table, (item) => {
    total += value(item) || 0;
  });
  return total;
}

async function each(
  client: DynamoDBDocumentClient,
  table: string | undefined,
  visit: (item: Readonly<Record<string, unknown>>) => void,
): Promise<number> {
  let items = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    for (const item of Items) visit(item);
    items += Items.length;
  }
  return items;
}
