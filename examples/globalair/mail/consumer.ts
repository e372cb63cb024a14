import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { consumer, documentClient, requireVariable, when } from 'millrace/runtime';
import { BookingConfirmed, BookingRejected } from '../booking/events.ts';
import { type Mailbox, MailRefusedError, replyTo } from './mail-server.ts';

/** A mail that was sent: who got what when. */
export interface SentMail {
  readonly to: string;
  readonly what: string;
  readonly when: string;
  readonly bookingId: string;
}

const table = (): string => requireVariable('MAIL_TABLE', 'The GlobalAir stack sets it.');

/** Tells customers what became of their bookings. */
export const handler = consumer({
  on: [
    when(BookingConfirmed, async ({ id, data }, unit) => {
      await reach(data.customerId);
      unit.write(
        outgoing(id, { to: data.customerId, what: 'booking-confirmed', when: new Date().toISOString(), bookingId: data.bookingId }),
      );
    }),
    when(BookingRejected, async ({ id, data }, unit) => {
      await reach(data.customerId);
      unit.write(
        outgoing(id, { to: data.customerId, what: 'booking-rejected', when: new Date().toISOString(), bookingId: data.bookingId }),
      );
    }),
  ],
});

function outgoing(eventId: string, mail: SentMail) {
  return { Put: { TableName: table(), Item: { pk: `mail#${eventId}`, ...mail } } };
}

/** Asks the mail server whether it takes a mail to this customer now. @throws MailRefusedError when it does not */
async function reach(customerId: string): Promise<void> {
  const Key = { pk: `mailbox#${customerId}` };
  const { Item } = await documentClient().send(new GetCommand({ TableName: table(), Key, ConsistentRead: true }));
  const reply = replyTo(Item as Mailbox | undefined);
  if (reply.kind === 'accepted') return;
  if (reply.kind === 'greylisted') {
    await documentClient().send(
      new UpdateCommand({
        TableName: table(),
        Key,
        UpdateExpression: 'SET greylist = :left',
        ExpressionAttributeValues: { ':left': reply.left },
      }),
    );
  }
  throw new MailRefusedError(customerId, reply);
}
