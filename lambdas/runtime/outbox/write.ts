import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type AwsFailure, asFailure, isRefusal, isUnsent } from './aws-failure.ts';
import { OutboxError } from './outbox-error.ts';
import { backoffMs, sleep } from './retry.ts';

/** A member of TransactWriteItems, in the document client's terms. */
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** What became of a write. `refused` holds, by position, the items whose conditions did not hold. */
export type WriteOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly refused: ReadonlyMap<number, Record<string, unknown> | undefined>; readonly ambiguous: boolean }
  /** No answer at last: it may have taken effect. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** Tries of one write; each is up to three of the SDK's own. */
const TRIES = 6;
const BASE_MS = 20;
const CAP_MS = 500;

/**
 * Writes one or several items, until there is an answer that decides.
 *
 * Contention (`TransactionConflict`) is not a failed condition: it says nothing about the item, and is tried again. The token makes the tries
 * of one transaction one.
 * @throws OutboxError `MILLRACE_OUTBOX_CONTENTION`; the SDK's error when the request is refused for another reason (access, validation)
 */
export async function write(client: DynamoDBDocumentClient, items: readonly TransactItem[], token: string): Promise<WriteOutcome> {
  let ambiguous = false;
  for (let attempt = 1; ; attempt += 1) {
    const failure = await send(client, items, token);
    if (failure === undefined) return { kind: 'written' };
    if (isUnsent(failure)) throw failure;
    ambiguous ||= mayHaveTakenEffect(failure);

    const refused = refusedItems(failure);
    if (refused) return { kind: 'refused', refused, ambiguous };
    const contention = isContention(failure);
    if (!contention && isRefusal(failure)) {
      if (!ambiguous) throw failure;
      return { kind: 'unknown', cause: failure };
    }
    if (attempt === TRIES) {
      if (ambiguous || !contention) return { kind: 'unknown', cause: failure };
      throw new OutboxError(
        'MILLRACE_OUTBOX_CONTENTION',
        `Other transactions kept ${items.length === 1 ? 'the item' : `some of the ${items.length} items`} busy through ${TRIES} tries. Nothing was written; try again later.`,
        { retryable: true, cause: failure },
      );
    }
    await sleep(backoffMs(attempt, BASE_MS, CAP_MS));
  }
}

async function send(client: DynamoDBDocumentClient, items: readonly TransactItem[], token: string): Promise<AwsFailure | undefined> {
  const [only] = items;
  try {
    if (items.length > 1 || only === undefined)
      await client.send(new TransactWriteCommand({ TransactItems: [...items], ClientRequestToken: token }));
    else if (only.Put) await client.send(new PutCommand(only.Put));
    else if (only.Update) await client.send(new UpdateCommand(only.Update));
    else await client.send(new TransactWriteCommand({ TransactItems: [only], ClientRequestToken: token }));
    return undefined;
  } catch (error) {
    return asFailure(error);
  }
}

/** The SDK tries again by itself: when it did, an earlier try may have been the one that took effect. */
function mayHaveTakenEffect(failure: AwsFailure): boolean {
  return failure.$fault !== 'client' || (failure.$metadata?.attempts ?? 1) > 1;
}

function refusedItems(failure: AwsFailure): ReadonlyMap<number, Record<string, unknown> | undefined> | undefined {
  if (failure.name === 'ConditionalCheckFailedException') return new Map([[0, plainItem(failure.Item)]]);
  if (failure.name !== 'TransactionCanceledException') return undefined;
  const refused = (failure.CancellationReasons ?? []).flatMap((reason, index) =>
    reason.Code === 'ConditionalCheckFailed' ? [[index, plainItem(reason.Item)] as const] : [],
  );
  return refused.length > 0 ? new Map(refused) : undefined;
}

/** Reasons of a cancelled transaction that pass. */
const PASSING = new Set(['None', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded']);

function isContention(failure: AwsFailure): boolean {
  if (failure.name === 'TransactionConflictException' || failure.name === 'TransactionInProgressException') return true;
  if (failure.name !== 'TransactionCanceledException') return false;
  const reasons = failure.CancellationReasons ?? [];
  return reasons.length > 0 && reasons.every(({ Code }) => PASSING.has(Code ?? 'None'));
}

/** The document client leaves the items inside errors as they came over the wire. */
function plainItem(item: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  return item === undefined ? undefined : unmarshall(item as Parameters<typeof unmarshall>[0]);
}
