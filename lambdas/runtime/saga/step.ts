import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import type { Correlation } from '../../contracts/index.ts';
import { documentClient, ENVIRONMENT, type HandlerContext, log, measure, requireVariable } from '../context/index.ts';
import { type TransactItem, transact } from '../inbox/transact.ts';
import type { SagaAnswer, SagaFailure, SagaInvocation } from './invocation.ts';
import { recordAction, recordOf, recordTombstone, type StepRecord } from './record.ts';

/** One call of a step. */
export interface SagaCall<Input> extends HandlerContext {
  readonly saga: string;
  readonly sagaId: string;
  readonly step: string;
  /** The same whenever this step of this saga is tried: hand it to the other side of a call as its idempotency key. */
  readonly key: string;
  readonly input: Input;
  /** Results of the steps so far, by name. */
  readonly steps: Readonly<Record<string, unknown>>;
  /** Tries before this one. */
  readonly attempt: number;
  /** Why the saga turned back; in compensations and in `onCompensated`. */
  readonly failure?: SagaFailure;
  /** Adds writes: made in one transaction with the record that this step was done, so that they are made once. */
  write(...items: readonly TransactItem[]): void;
}

/** The call of a compensation. */
export interface CompensationCall<Input, Output> extends SagaCall<Input> {
  /** What the action answered. @default nobody knows whether the action took effect (only with `effects: 'outside'`) */
  readonly output?: Output;
}

/** A step refuses for good, for a reason of the business: nothing took effect, nothing is retried, the saga turns back. */
export class BusinessFailure extends Error {
  override readonly name = 'BusinessFailure';
  readonly code = 'MILLRACE_BUSINESS_FAILURE';
  readonly reason: string;
  readonly detail: unknown;

  constructor(reason: string, detail?: unknown) {
    super(reason);
    this.reason = reason;
    this.detail = detail;
  }
}

export interface SagaStepDefinition<Input, Output> {
  /**
   * Does the step, once. What it returns is the step's result. It collects its writes in `call`; a call to the outside is given `call.key`.
   * It throws a {@link BusinessFailure} to refuse, and anything else to be tried again.
   */
  action(call: SagaCall<Input>): Output | Promise<Output>;
  /** Takes the action back. @default there is nothing to take back */
  compensate?(call: CompensationCall<Input, Output>): void | Promise<void>;
  /**
   * - `writes`: all effects of the action are the writes it collects. Whether it took effect is then known exactly; a compensation runs only if it did.
   * - `outside`: it also calls something outside. A compensation then runs even when nobody knows whether the action took effect, and once
   *   more after an action that comes late; `compensate` must be idempotent by `call.key`.
   * @default 'writes'
   */
  readonly effects?: 'writes' | 'outside';
}

/** Runs of an action whose own conditions fail, before the try counts as failed. */
const RUNS = 3;
const HINT = 'The Saga construct sets it on the functions of its steps.';

/**
 * Makes the function of a saga's step, with its compensation: idempotent by the key of saga and step (G6).
 *
 * Tried again, it answers what it answered before. When the compensation comes first (the action was slow, or its answer lost), a tombstone
 * keeps the action from taking effect later.
 *
 * @example
 * export const handler = sagaStep<Booking, { seats: number }>({
 *   action: ({ input, write }) => {
 *     write({ Update: { TableName: 'flights', Key: { pk: input.flightId }, UpdateExpression: 'ADD taken :n', ... } });
 *     return { seats: input.seats };
 *   },
 *   compensate: ({ input, output, write }) => write({ Update: { ... } }),
 * });
 * @see https://microservices.io/patterns/data/saga.html
 */
export function sagaStep<Input = unknown, Output = unknown>(
  definition: SagaStepDefinition<Input, Output>,
): (invocation: SagaInvocation, context: Context) => Promise<SagaAnswer> {
  return async (invocation, context) => {
    const step: StepRun<Input, Output> = {
      definition,
      invocation,
      context: contextOf(invocation, context),
      client: documentClient(),
      table: requireVariable(ENVIRONMENT.sagaTable, HINT),
    };
    const answer = invocation.direction === 'act' ? await act(step) : await compensate(step);
    measure(
      { saga: invocation.saga, step: invocation.step },
      { [invocation.direction === 'compensate' ? 'Compensated' : answer.sagaOutcome === 'done' ? 'Done' : 'Refused']: 1 },
    );
    return answer;
  };
}

interface StepRun<Input, Output> {
  readonly definition: SagaStepDefinition<Input, Output>;
  readonly invocation: SagaInvocation;
  readonly context: HandlerContext;
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
}

async function act<Input, Output>(step: StepRun<Input, Output>): Promise<SagaAnswer> {
  const { invocation, context } = step;
  let known = await readRecord(step);
  for (let run = 1; run <= RUNS; run += 1) {
    if (known.tombstone) return tooLate(step);
    if (known.action) return known.action;
    const { answer, writes } = await runAction(step);
    const committed = await transact(step.client, [recordAction(step.table, invocation.key, answer, Date.now()), ...writes]);
    if (committed.ok) return answer;
    const [first] = committed.failed;
    if (first?.index !== 0) {
      context.log.info('A condition of the step failed; it runs again', { run });
      continue;
    }
    known = recordOf(first.item);
    if (known.tombstone && step.definition.effects === 'outside' && answer.sagaOutcome === 'done') {
      // The compensation came while the action was calling the outside: what it did there has to be taken back again.
      context.log.warn('The action came after its compensation; it is taken back');
      await takeBack(step, answer.output as Output);
      return tooLate(step);
    }
  }
  if (known.tombstone) return tooLate(step);
  if (known.action) return known.action;
  throw new Error(`${invocation.key}: the conditions of its writes failed ${RUNS} times, each time after the action had read afresh.`);
}

function tooLate<Input, Output>({ context }: StepRun<Input, Output>): SagaAnswer {
  context.log.info('The step was compensated before it could be done; nothing takes effect');
  return { sagaOutcome: 'failed', reason: 'compensated' };
}

async function runAction<Input, Output>(step: StepRun<Input, Output>): Promise<{ answer: SagaAnswer; writes: readonly TransactItem[] }> {
  const { call, writes } = callOf(step);
  try {
    const output = await step.definition.action(call);
    return { answer: { sagaOutcome: 'done', ...(output === undefined ? {} : { output }) }, writes };
  } catch (error) {
    if (!(error instanceof BusinessFailure)) throw error;
    const { kind, key } = step.invocation;
    if (kind === 'retriable' || kind === 'notification') {
      throw new Error(`${key} cannot refuse (${error.reason}): it comes after the point of no return. Make the check before the pivot.`, {
        cause: error,
      });
    }
    const answer: SagaAnswer = {
      sagaOutcome: 'failed',
      reason: error.reason,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    };
    return { answer, writes: [] };
  }
}

async function compensate<Input, Output>(step: StepRun<Input, Output>): Promise<SagaAnswer> {
  const { invocation, definition } = step;
  const outside = definition.effects === 'outside';
  let known = await readRecord(step);
  for (let run = 1; run <= RUNS; run += 1) {
    if (known.tombstone === 'done') return { sagaOutcome: 'done' };
    if (outside && !known.tombstone) {
      // First keep the action from beginning, then look at what it may have done.
      const set = await transact(step.client, [recordTombstone(step.table, invocation.key, 'set', known, Date.now())]);
      if (!set.ok) {
        known = recordOf(set.failed[0]?.item);
        continue;
      }
    }
    const happened = known.action?.sagaOutcome === 'done';
    const needed = happened || (outside && known.action === undefined);
    const writes = needed ? await runCompensation(step, happened ? (known.action as { output?: Output }).output : undefined) : [];
    const committed = await transact(step.client, [recordTombstone(step.table, invocation.key, 'done', known, Date.now()), ...writes]);
    if (committed.ok) return { sagaOutcome: 'done' };
    const [first] = committed.failed;
    if (first?.index === 0) known = recordOf(first.item);
  }
  if (known.tombstone === 'done') return { sagaOutcome: 'done' };
  throw new Error(`${invocation.key}: the compensation could not be written in ${RUNS} runs.`);
}

/** Compensates an action that came after its compensation. @throws Error when what the compensation writes can't be written */
async function takeBack<Input, Output>(step: StepRun<Input, Output>, output: Output): Promise<void> {
  for (let run = 1; run <= RUNS; run += 1) {
    if ((await transact(step.client, await runCompensation(step, output))).ok) return;
    step.context.log.info('A condition of the compensation failed; it runs again', { run });
  }
  throw new Error(
    `${step.invocation.key}: the action came after its compensation, and could not be taken back: the conditions of the compensation's writes ` +
      `failed ${RUNS} times. What it did outside is still there.`,
  );
}

/** Runs the compensation. @returns the writes it collected, which are still to be made */
async function runCompensation<Input, Output>(step: StepRun<Input, Output>, output: Output | undefined): Promise<readonly TransactItem[]> {
  const { call, writes } = callOf(step);
  await step.definition.compensate?.({ ...call, ...(output === undefined ? {} : { output }) });
  return writes;
}

async function readRecord<Input, Output>({ client, table, invocation }: StepRun<Input, Output>): Promise<StepRecord> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: { pk: invocation.key }, ConsistentRead: true }));
  return recordOf(Item);
}

function callOf<Input, Output>({ invocation, context }: StepRun<Input, Output>): { call: SagaCall<Input>; writes: TransactItem[] } {
  const writes: TransactItem[] = [];
  const { saga, sagaId, step, key, attempt, failure } = invocation;
  const call: SagaCall<Input> = {
    ...context,
    remainingMs: () => context.remainingMs(),
    saga,
    sagaId,
    step,
    key,
    attempt,
    input: invocation.input as Input,
    steps: invocation.steps ?? {},
    ...(failure === undefined ? {} : { failure }),
    write: (...items) => {
      writes.push(...items);
    },
  };
  return { call, writes };
}

function contextOf(invocation: SagaInvocation, context: Context): HandlerContext {
  const correlation: Correlation = {
    correlationid: invocation.correlationid ?? randomUUID(),
    ...(invocation.causationid === undefined ? {} : { causationid: invocation.causationid }),
    ...(invocation.traceparent === undefined ? {} : { traceparent: invocation.traceparent }),
  };
  const { saga, sagaId, step, direction, attempt } = invocation;
  return {
    correlation,
    log: log({ saga, sagaId, step, direction, attempt, correlationId: correlation.correlationid }),
    requestId: context.awsRequestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
  };
}
