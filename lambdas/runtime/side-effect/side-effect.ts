import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, ENVIRONMENT, log, measure, requireVariable } from '../context/index.ts';
import { transact } from '../inbox/transact.ts';
import { asFailure } from '../outbox/aws-failure.ts';
import { parkWrite } from '../parking/store.ts';
import { decideEffect, type EffectRecord, effectRecordOf, type OnUnknown } from './record.ts';

export interface SideEffectOptions {
  /** Names the effect in keys, logs and metrics: `authorise-payment`. */
  readonly name: string;
  /**
   * What happens when nobody knows whether the effect took place (the function died, the call ran out of time):
   * `retry` runs it again under a new fencing token, for effects that are idempotent by their key; `park` leaves it to people.
   */
  readonly onUnknown: OnUnknown;
  /** How long one run may take; afterwards its lease is over. @default 30 seconds */
  readonly leaseSeconds?: number;
  /** How long the result is kept and replayed. @default 30 days */
  readonly keepDays?: number;
}

/** What a run of the effect is given. */
export interface EffectRun {
  /** Idempotency key for the other side. */
  readonly key: string;
  /** Grows with every holder of the lease: the other side can refuse a smaller one. */
  readonly fencingToken: number;
  /** Aborts before the lease ends: hand it to `fetch`. */
  readonly signal: AbortSignal;
}

export interface SideEffect {
  /**
   * Runs the effect, or gives back what it returned before.
   *
   * @param key what makes it this one effect: the key of a saga step, the id of an event
   * @param effect the call to the outside; throws {@link NotDone} when it certainly did not happen
   * @param payload kept with a parked effect, for people. @default nothing
   * @throws SideEffectError `MILLRACE_EFFECT_BUSY` (try again later), `_UNKNOWN` (it is parked); NotDone, or whatever `effect` throws
   */
  run<Result>(key: string, effect: (run: EffectRun) => Promise<Result>, payload?: unknown): Promise<Result>;
}

/** Thrown by an effect that certainly did not happen: its lease is given back at once. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
  readonly code = 'MILLRACE_NOT_DONE';
}

export class SideEffectError extends Error {
  override readonly name = 'SideEffectError';
  readonly code: 'MILLRACE_EFFECT_BUSY' | 'MILLRACE_EFFECT_UNKNOWN';

  constructor(code: SideEffectError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const HINT = 'InboxTable.grantSideEffects sets it.';
/** The effect is told to stop this long before its lease ends. */
const MARGIN = 0.1;

/**
 * A call to the outside that runs under a lease with a fencing token (G4).
 *
 * @example
 * const authorise = sideEffect({ name: 'authorise-payment', onUnknown: 'retry' });
 *
 * const held = await authorise.run(call.key, ({ key, signal }) => payments.authorise({ idempotencyKey: key, amount }, { signal }));
 */
export function sideEffect(options: SideEffectOptions): SideEffect {
  const leaseMs = (options.leaseSeconds ?? 30) * 1_000;
  return {
    async run(key, effect, payload) {
      const lease = await acquire(options, key, leaseMs, payload);
      if (lease.kind === 'replay') {
        measure({ sideEffect: options.name }, { Replayed: 1 });
        return lease.result as Awaited<ReturnType<typeof effect>>;
      }
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(new Error(`The lease of ${options.name} ${key} ends.`)), leaseMs * (1 - MARGIN));
      try {
        const result = await effect({ key, fencingToken: lease.fence, signal: abort.signal });
        return (await complete(options, key, lease.fence, result)) as typeof result;
      } catch (error) {
        await giveUp(options, key, lease.fence, error, payload);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

type Lease = { readonly kind: 'mine'; readonly fence: number } | { readonly kind: 'replay'; readonly result: unknown };

async function acquire(options: SideEffectOptions, key: string, leaseMs: number, payload: unknown): Promise<Lease> {
  const { client, table, pk } = place(options, key);
  for (let look = 1; look <= 5; look += 1) {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { pk }, ConsistentRead: true }));
    const known = effectRecordOf(Item);
    const now = Date.now();
    switch (decideEffect(known, options.onUnknown, now)) {
      case 'replay':
        return { kind: 'replay', result: known?.result };
      case 'busy':
        throw new SideEffectError('MILLRACE_EFFECT_BUSY', `${options.name} ${key} is being done by somebody else. Try again later.`);
      case 'park':
        await park(options, key, known, 'Its last holder is gone', payload);
        throw unknownOutcome(options, key);
      case 'parked':
        throw unknownOutcome(options, key);
      case 'begin': {
        const fence = (known?.fence ?? 0) + 1;
        const item = { pk, state: 'started', fence, leaseUntil: now + leaseMs, startedAt: now, expiresAt: expiry(options, now) };
        if (await take(client, table, item, known)) return { kind: 'mine', fence };
      }
    }
  }
  throw new SideEffectError('MILLRACE_EFFECT_BUSY', `${options.name} ${key}: others were quicker to take the lease. Try again later.`);
}

async function take(
  client: DynamoDBDocumentClient,
  table: string,
  item: Record<string, unknown>,
  known: EffectRecord | undefined,
): Promise<boolean> {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: item,
        ...(known
          ? {
              ConditionExpression: '#fence = :fence AND #state = :started',
              ExpressionAttributeNames: { '#fence': 'fence', '#state': 'state' },
              ExpressionAttributeValues: { ':fence': known.fence, ':started': 'started' },
            }
          : { ConditionExpression: 'attribute_not_exists(pk)' }),
      }),
    );
    return true;
  } catch (error) {
    if (asFailure(error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/** Keeps the result, if the lease is still this run's; else the result is that of the run that took it over, if there is one. */
async function complete(options: SideEffectOptions, key: string, fence: number, result: unknown): Promise<unknown> {
  const { client, table, pk } = place(options, key);
  try {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk },
        UpdateExpression: 'SET #state = :done, #doneAt = :now, #result = :result',
        ConditionExpression: '#fence = :fence AND #state = :started',
        ExpressionAttributeNames: { '#state': 'state', '#doneAt': 'doneAt', '#result': 'result', '#fence': 'fence' },
        ExpressionAttributeValues: {
          ':done': 'done',
          ':started': 'started',
          ':now': Date.now(),
          ':result': result ?? null,
          ':fence': fence,
        },
      }),
    );
    measure({ sideEffect: options.name }, { Done: 1 });
    return result;
  } catch (error) {
    if (asFailure(error).name !== 'ConditionalCheckFailedException') throw error;
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { pk }, ConsistentRead: true }));
    const known = effectRecordOf(Item);
    if (known?.state === 'done') return known.result;
    throw new SideEffectError(
      'MILLRACE_EFFECT_BUSY',
      `${options.name} ${key} took longer than its lease, and somebody else has taken it over.`,
      {
        cause: error,
      },
    );
  }
}

/** The run failed: gives the lease back when the effect certainly did not happen, else does what the author wants of the unknown. */
async function giveUp(options: SideEffectOptions, key: string, fence: number, error: unknown, payload: unknown): Promise<void> {
  if (error instanceof SideEffectError) return;
  const { client, table, pk } = place(options, key);
  const mine = {
    TableName: table,
    Key: { pk },
    ConditionExpression: '#fence = :fence AND #state = :started',
    ExpressionAttributeNames: { '#fence': 'fence', '#state': 'state' },
    ExpressionAttributeValues: { ':fence': fence, ':started': 'started' },
  };
  try {
    if (error instanceof NotDone) {
      await client.send(new DeleteCommand(mine));
    } else if (options.onUnknown === 'retry') {
      // The next try need not wait for the lease to end; the fencing token tells the two apart.
      await client.send(
        new UpdateCommand({
          ...mine,
          UpdateExpression: 'SET #leaseUntil = :zero',
          ExpressionAttributeNames: { ...mine.ExpressionAttributeNames, '#leaseUntil': 'leaseUntil' },
          ExpressionAttributeValues: { ...mine.ExpressionAttributeValues, ':zero': 0 },
        }),
      );
    } else {
      await park(options, key, { state: 'started', fence, leaseUntil: 0 }, error instanceof Error ? error.message : String(error), payload);
    }
  } catch (failure) {
    // The lease ends by itself; the error of the effect is what matters to the caller.
    log().warn('Could not give up a lease', { sideEffect: options.name, key, error: failure as Error });
  }
}

/** Marks the effect and parks it, in one transaction. */
async function park(
  options: SideEffectOptions,
  key: string,
  known: EffectRecord | undefined,
  detail: string,
  payload: unknown,
): Promise<void> {
  const { client, table, pk } = place(options, key);
  const now = Date.now();
  const parked = await transact(client, [
    {
      Update: {
        TableName: table,
        Key: { pk },
        UpdateExpression: 'SET #state = :parked REMOVE #expiresAt',
        ConditionExpression: '#fence = :fence AND #state = :started',
        ExpressionAttributeNames: { '#state': 'state', '#fence': 'fence', '#expiresAt': 'expiresAt' },
        ExpressionAttributeValues: { ':parked': 'parked', ':started': 'started', ':fence': known?.fence ?? 0 },
      },
    },
    parkWrite(requireVariable(ENVIRONMENT.parkingTable, HINT), {
      owner: `side-effect#${options.name}`,
      id: key,
      reason: 'no-answer',
      detail: `Nobody knows whether it happened. ${detail}`,
      payload: JSON.stringify(payload ?? null),
      parkedAt: now,
      origin: pk,
    }),
  ]);
  if (!parked.ok) return;
  log().error('Parked a side effect whose outcome is unknown', { sideEffect: options.name, key, detail });
  measure({ sideEffect: options.name }, { Parked: 1 });
  // Of all side effects of the function together: its construct does not know their names, and raises an alarm on this.
  measure({}, { SideEffectsParked: 1 });
}

function unknownOutcome(options: SideEffectOptions, key: string): SideEffectError {
  return new SideEffectError(
    'MILLRACE_EFFECT_UNKNOWN',
    `Nobody knows whether ${options.name} ${key} happened; it is parked. Find out, then set its result or drop the entry.`,
  );
}

function place(options: SideEffectOptions, key: string): { client: DynamoDBDocumentClient; table: string; pk: string } {
  return { client: documentClient(), table: requireVariable(ENVIRONMENT.sideEffectTable, HINT), pk: `side-effect#${options.name}#${key}` };
}

function expiry(options: SideEffectOptions, now: number): number {
  return Math.floor(now / 1000) + (options.keepDays ?? 30) * 86_400;
}
