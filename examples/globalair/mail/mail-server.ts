/** How the mail server treats a mailbox. */
export interface Mailbox {
  /** Every delivery is refused until there is room again. */
  readonly full?: boolean;
  /** Deliveries that are still told to try again later (https://www.rfc-editor.org/rfc/rfc6647). */
  readonly greylist?: number;
}

/** What the mail server says to a delivery. */
export type Reply =
  | { readonly kind: 'accepted' }
  /** Come again: the server remembers that one try less is to be told so. */
  | { readonly kind: 'greylisted'; readonly left: number }
  | { readonly kind: 'mailbox-full' };

/** Decides one delivery. */
export function replyTo(mailbox: Mailbox | undefined): Reply {
  if (mailbox?.full) return { kind: 'mailbox-full' };
  const greylist = mailbox?.greylist ?? 0;
  return greylist > 0 ? { kind: 'greylisted', left: greylist - 1 } : { kind: 'accepted' };
}

/** The mail server did not take the mail; it may take it later. */
export class MailRefusedError extends Error {
  readonly code = 'MailRefused';

  constructor(customerId: string, reply: Exclude<Reply, { kind: 'accepted' }>) {
    super(`The mail server did not take the mail to ${customerId}: ${reply.kind}.`);
    this.name = 'MailRefusedError';
  }
}
