import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, idFrom, requireVariable } from 'millrace/runtime';
import { type Authorisation, decideAuthorisation, type NetworkAnswer } from './card-network.ts';

/** A request to hold money; the same idempotency key asks for the same authorisation. */
export interface AuthorisationRequest {
  readonly idempotencyKey: string;
  readonly bookingId: string;
  readonly token: string;
  /** US cents. */
  readonly amount: number;
}

/** The card network's own books: stands in for a company outside, which keeps them out of our transactions. */
export const cardNetwork = {
  /** Asks for an authorisation. `silence`: the money may be held, and the answer never comes. */
  async authorise(request: AuthorisationRequest): Promise<NetworkAnswer> {
    for (;;) {
      const before = await read(request.idempotencyKey);
      const decided = decideAuthorisation(before, request.token, request.amount, idFrom('authorisation', request.idempotencyKey));
      if (await replace(request.idempotencyKey, request.bookingId, before, decided.record)) return decided;
    }
  },

  /** Gives back what an authorisation holds; keeps one that was never made from being made. */
  async void(idempotencyKey: string, bookingId: string): Promise<void> {
    for (;;) {
      const before = await read(idempotencyKey);
      if (before?.status === 'voided') return;
      const record: Authorisation = {
        authorisationId: before?.authorisationId ?? idFrom('authorisation', idempotencyKey),
        amount: before?.amount ?? 0,
        attempts: before?.attempts ?? 0,
        status: 'voided',
      };
      if (await replace(idempotencyKey, bookingId, before, record)) return;
    }
  },
};

interface Entry extends Authorisation {
  readonly version: number;
}

const table = (): string => requireVariable('PAYMENTS_TABLE', 'The GlobalAir stack sets it.');

async function read(idempotencyKey: string): Promise<Entry | undefined> {
  const { Item } = await documentClient().send(new GetCommand({ TableName: table(), Key: { pk: idempotencyKey }, ConsistentRead: true }));
  return Item as Entry | undefined;
}

/** @returns false when somebody else has written since `before` was read */
async function replace(idempotencyKey: string, bookingId: string, before: Entry | undefined, record: Authorisation): Promise<boolean> {
  const version = (before?.version ?? 0) + 1;
  try {
    await documentClient().send(
      new PutCommand({
        TableName: table(),
        Item: { ...record, pk: idempotencyKey, bookingId, version },
        ConditionExpression: before ? 'version = :before' : 'attribute_not_exists(pk)',
        ...(before ? { ExpressionAttributeValues: { ':before': before.version } } : {}),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
