import { randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { asFailure } from '../outbox/aws-failure.ts';
import { pause } from './pause.ts';

/** One write of a transaction, in the document client's form. */
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A write whose condition did not hold, and the item as it stood where the write asked for it. */
export interface FailedCondition {
  /** Position among the writes. */
  readonly index: number;
  readonly item?: Record<string, unknown>;
}

export type TransactResult = { readonly ok: true } | { readonly ok: false; readonly failed: readonly FailedCondition[] };

/** DynamoDB's own limit. */
export const MOST_WRITES = 100;
const TRIES = 8;

/** The writes could not be made, and not because of a condition: contention or throttling that did not end, or a write DynamoDB refuses. */
export class TransactError extends Error {
  override readonly name = 'TransactError';
  readonly code: 'MILLRACE_TOO_MANY_WRITES' | 'MILLRACE_WRITE_REFUSED' | 'MILLRACE_CONTENTION';

  constructor(code: TransactError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Makes all these writes or none. A single write is made as such, at half the price.
 *
 * Contention (`TransactionConflict`) and throttling are retried here, with full jitter: they say nothing about the conditions. A failed
 * condition is an expected outcome and is returned.
 *
 * @throws TransactError when the writes are too many, are refused, or contention does not end
 */
export async function transact(client: DynamoDBDocumentClient, items: readonly TransactItem[]): Promise<TransactResult> {
  if (items.length === 0) return { ok: true };
  if (items.length > MOST_WRITES) {
    throw new TransactError(
      'MILLRACE_TOO_MANY_WRITES',
      `The effects of one event are ${items.length} writes; DynamoDB makes at most ${MOST_WRITES} in one transaction. Split the event, or emit one event for each part.`,
    );
  }
  const [only] = items;
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (items.length === 1 && only && !only.ConditionCheck) await writeOne(client, only);
      else await client.send(new TransactWriteCommand({ TransactItems: [...items], ClientRequestToken: randomUUID() }));
      return { ok: true };
    } catch (error) {
      const outcome = classify(error);
      if (outcome.kind === 'conditions') return { ok: false, failed: outcome.failed };
      if (outcome.kind === 'refused') throw new TransactError('MILLRACE_WRITE_REFUSED', outcome.why, { cause: error });
      if (outcome.kind === 'other') throw error;
      if (attempt === TRIES) {
        throw new TransactError(
          'MILLRACE_CONTENTION',
          `${TRIES} tries met contention or throttling. Spread the keys, or lower the concurrency.`,
          {
            cause: error,
          },
        );
      }
      await pause(Math.random() * Math.min(1_000, 10 * 2 ** attempt));
    }
  }
}

async function writeOne(client: DynamoDBDocumentClient, item: TransactItem): Promise<void> {
  if (item.Put) await client.send(new PutCommand(item.Put));
  else if (item.Update) await client.send(new UpdateCommand(item.Update));
  else if (item.Delete) await client.send(new DeleteCommand(item.Delete));
}

type Classified =
  | { readonly kind: 'conditions'; readonly failed: readonly FailedCondition[] }
  | { readonly kind: 'contention' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'other' };

/** Codes by which DynamoDB says "not now". */
const CONTENTION = new Set([
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingError',
  'ThrottlingException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

/** What an error of a conditional write or transaction means. A failed condition decides, even beside contention: trying again cannot help. */
export function classify(error: unknown): Classified {
  const failure = asFailure(error);
  if (failure.name === 'ConditionalCheckFailedException') {
    return { kind: 'conditions', failed: [{ index: 0, ...(failure.Item ? { item: plain(failure.Item) } : {}) }] };
  }
  if (failure.name === 'TransactionCanceledException') {
    const reasons = failure.CancellationReasons ?? [];
    const failed = reasons.flatMap((reason, index) =>
      reason.Code === 'ConditionalCheckFailed' ? [{ index, ...(reason.Item ? { item: plain(reason.Item) } : {}) }] : [],
    );
    if (failed.length > 0) return { kind: 'conditions', failed };
    const refused = reasons.filter((reason) => reason.Code && reason.Code !== 'None' && !CONTENTION.has(reason.Code));
    if (refused.length > 0) {
      return { kind: 'refused', why: refused.map((reason) => `${reason.Code}: ${reason.Message ?? ''}`.trim()).join('; ') };
    }
    return { kind: 'contention' };
  }
  return CONTENTION.has(failure.name) ? { kind: 'contention' } : { kind: 'other' };
}

/** The document client leaves items in errors as DynamoDB wrote them (`{ N: '1' }`). */
function plain(item: Record<string, unknown>): Record<string, unknown> {
  return unmarshall(item as Parameters<typeof unmarshall>[0]);
}
