import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Correlation, EventDraft } from '../../contracts/index.ts';
import { asFailure } from './aws-failure.ts';
import { classifyRefusal } from './classify.ts';
import { commitMark } from './commit-mark.ts';
import type { CommitAllResult, Committed } from './commit-result.ts';
import { type Aggregate, readAggregate } from './item.ts';
import { OutboxError } from './outbox-error.ts';
import { type OutboxPlace, type PlannedCommit, planCommit } from './plan-commit.ts';
import { type TransactItem, type WriteOutcome, write } from './write.ts';

/** One aggregate's part in a commit; `outbox.change` makes it. */
export interface Change {
  readonly place: OutboxPlace;
  readonly client: DynamoDBDocumentClient;
  readonly id: string;
  readonly expected: 'new' | Pick<Aggregate<unknown>, 'version' | 'sequence' | 'commits'> | number;
  readonly state: object;
  readonly events: readonly EventDraft[];
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | undefined;
  load(): Promise<Aggregate<unknown> | undefined>;
}

export interface CommitAllOptions {
  readonly correlation: Correlation;
  /** Other writes that take effect together with the changes or not at all. @default none */
  readonly with?: readonly TransactItem[];
  /** See `Commit.commitId`. @default a random one */
  readonly commitId?: string;
}

/** DynamoDB's limit of a transaction. */
const MAX_ITEMS = 100;

/**
 * Commits several aggregates, of one outbox or of several, in one transaction: all of their states and events become durable, or none.
 *
 * @throws OutboxError as `outbox.commit` does
 * @example
 * const result = await commitAll(
 *   [
 *     accounts.change({ id: from.id, expected: from, state: debited, events: [AccountDebited.draft({ accountId: from.id, amount })] }),
 *     accounts.change({ id: to.id, expected: to, state: credited, events: [AccountCredited.draft({ accountId: to.id, amount })] }),
 *   ],
 *   { correlation: context.correlation },
 * );
 */
export async function commitAll(changes: readonly Change[], options: CommitAllOptions): Promise<CommitAllResult> {
  const others = options.with ?? [];
  checkSize(changes, others);
  const mark = commitMark(options.commitId);
  const based: BasedChange[] = [];
  for (const [at, change] of changes.entries()) {
    const base = await baseOf(change);
    if (base === 'absent') return { ok: false, reason: 'conflict', at, current: undefined };
    // A repeated caller has loaded what its first run made: deciding again on that would take effect twice.
    if (base?.commits.includes(mark)) return { ok: true, commits: repeatedAll(changes, base, mark) };
    if (base && typeof change.expected === 'number' && base.version !== change.expected) {
      return { ok: false, reason: 'conflict', at, current: base as Aggregate<unknown> };
    }
    based.push({ change, base });
  }

  const now = Date.now();
  const plans = based.map(({ change, base }) =>
    planCommit({
      place: change.place,
      id: change.id,
      state: change.state,
      drafts: change.events,
      base,
      idempotency: change.idempotency,
      correlation: options.correlation,
      commit: mark,
      now,
    }),
  );
  const items = [...plans.map((plan) => plan.write), ...others];
  const outcome = await writeThrough(based, items);
  if (outcome.kind === 'written') return { ok: true, commits: plans.map((plan) => committed(plan, false)) };
  if (outcome.kind === 'unknown') return resolveUnknown(based, plans, mark, outcome.cause);
  return refusedResult(based, plans, { mark, own: options.commitId === undefined }, outcome);
}

interface BasedChange {
  readonly change: Change;
  readonly base: Pick<Aggregate<unknown>, 'version' | 'sequence' | 'commits'> | undefined;
}

async function baseOf(change: Change): Promise<Aggregate<unknown> | BasedChange['base'] | 'absent'> {
  const { expected } = change;
  if (expected === 'new') return undefined;
  if (typeof expected === 'object') return expected;
  return (await change.load()) ?? 'absent';
}

async function writeThrough(based: readonly BasedChange[], items: readonly TransactItem[]): Promise<WriteOutcome> {
  const [first] = based;
  if (!first) throw new OutboxError('MILLRACE_OUTBOX_BAD_REQUEST', 'A commit needs at least one change.');
  try {
    return await write(first.change.client, items, randomUUID());
  } catch (error) {
    const failure = asFailure(error);
    const text = [failure.message, ...(failure.CancellationReasons ?? []).map(({ Message }) => Message ?? '')].join(' ');
    if (!/item size (?:to update )?has exceeded/i.test(text)) throw error;
    throw new OutboxError(
      'MILLRACE_OUTBOX_ITEM_TOO_LARGE',
      `The aggregate ${based.map(({ change }) => JSON.stringify(change.id)).join(' or ')} would exceed 400 kB together with its events that wait for the relay. ` +
        'It fits when they are published: see the alarm OutboxAge of its outbox.',
      { retryable: true, cause: error },
    );
  }
}

function refusedResult(
  based: readonly BasedChange[],
  plans: readonly PlannedCommit[],
  { mark, own }: { readonly mark: string; readonly own: boolean },
  outcome: Extract<WriteOutcome, { kind: 'refused' }>,
): CommitAllResult {
  for (const [at, { change }] of based.entries()) {
    const plan = plans[at];
    if (!outcome.refused.has(at) || !plan) continue;
    const item = outcome.refused.get(at);
    const current = item === undefined ? undefined : readAggregate(item, change.place);
    const refusal = classifyRefusal(
      { commit: mark, version: plan.version, idempotency: change.idempotency, ambiguous: outcome.ambiguous },
      current,
    );
    if (refusal === 'repeated') {
      // Under a name of the caller's, an earlier invocation may have made it: what that stated is not known here.
      const events = own || outcome.ambiguous;
      return { ok: true, commits: plans.map((each) => committed(events ? each : { ...each, events: [] }, true)) };
    }
    if (refusal === 'forgotten') throw unknownOutcome(based, undefined);
    return { ok: false, reason: refusal, at, current };
  }
  const refused = [...outcome.refused].map(([position, item]) => ({ index: position - based.length, item }));
  return { ok: false, reason: 'refused', refused };
}

/** No answer decided: the item itself knows, for it remembers its last commits. */
async function resolveUnknown(
  based: readonly BasedChange[],
  plans: readonly PlannedCommit[],
  mark: string,
  cause: unknown,
): Promise<CommitAllResult> {
  const [first] = based;
  const current = await first?.change.load().catch(() => undefined);
  if (current?.commits.includes(mark)) return { ok: true, commits: plans.map((plan) => committed(plan, true)) };
  throw unknownOutcome(based, cause);
}

function unknownOutcome(based: readonly BasedChange[], cause: unknown): OutboxError {
  return new OutboxError(
    'MILLRACE_OUTBOX_OUTCOME_UNKNOWN',
    `DynamoDB gave no answer that tells whether the commit of ${based.map(({ change }) => JSON.stringify(change.id)).join(', ')} took effect. ` +
      'Repeat it with the same commitId: it takes effect at most once.',
    { retryable: true, cause },
  );
}

function committed(plan: Pick<PlannedCommit, 'version' | 'events'>, repeated: boolean): Committed {
  return { version: plan.version, events: plan.events, repeated };
}

/** An earlier invocation made this commit: what it stated is published or waits, and is not known here. */
function repeatedAll(changes: readonly Change[], base: Pick<Aggregate<unknown>, 'version' | 'commits'>, mark: string): Committed[] {
  const followed = base.commits.length - 1 - base.commits.indexOf(mark);
  return changes.map(() => ({ version: base.version - followed, events: [], repeated: true }));
}

function checkSize(changes: readonly Change[], others: readonly TransactItem[]): void {
  if (changes.length === 0) throw new OutboxError('MILLRACE_OUTBOX_BAD_REQUEST', 'A commit needs at least one change.');
  if (changes.length + others.length > MAX_ITEMS) {
    throw new OutboxError(
      'MILLRACE_OUTBOX_BAD_REQUEST',
      `A transaction takes ${MAX_ITEMS} items; this one has ${changes.length} aggregates and ${others.length} other writes.`,
    );
  }
  const seen = new Set<string>();
  for (const { place, id } of changes) {
    const key = `${place.table}/${place.prefix}${id}`;
    if (seen.has(key))
      throw new OutboxError('MILLRACE_OUTBOX_BAD_REQUEST', `The aggregate ${JSON.stringify(id)} is changed twice in one commit.`);
    seen.add(key);
  }
}
