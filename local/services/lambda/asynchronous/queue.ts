import { AwsError, type Kernel } from '../../../kernel/index.ts';
import type { Outcome } from '../execution/outcome.ts';
import type { AsyncSettings, Functions, ResolvedFunction } from '../functions.ts';
import type { LogStore } from '../logs.ts';
import { sendToDestination } from './destinations.ts';

interface QueuedEvent {
  readonly functionArn: string;
  readonly payload: Uint8Array;
  readonly requestId: string;
  readonly queuedAt: number;
  /** Invocations that ran. */
  invocations: number;
  /** Times in a row that there was no capacity. */
  throttles: number;
}

type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';

const DEFAULTS: AsyncSettings = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600, lastModified: 0 };
/** How long Lambda waits before the first and the second retry of an event whose function failed. */
const RETRY_DELAYS_MS = [60_000, 120_000];
const LONGEST_THROTTLE_DELAY_MS = 300_000;

/** The queue of asynchronous invocations: retries what failed, then hands it to the function's destinations. */
export class AsyncQueue {
  readonly #kernel: Kernel;
  readonly #functions: Functions;
  readonly #logs: LogStore;
  readonly #events = new Set<QueuedEvent>();

  constructor(kernel: Kernel, functions: Functions, logs: LogStore) {
    this.#kernel = kernel;
    this.#functions = functions;
    this.#logs = logs;
  }

  /** Events that are not done with, by function. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const event of this.#events) counts.set(event.functionArn, (counts.get(event.functionArn) ?? 0) + 1);
    return counts;
  }

  add(resolved: ResolvedFunction, payload: Uint8Array, requestId: string): void {
    const event: QueuedEvent = {
      functionArn: resolved.arn,
      payload,
      requestId,
      queuedAt: this.#kernel.now(),
      invocations: 0,
      throttles: 0,
    };
    this.#events.add(event);
    void this.#attempt(event);
  }

  #later(event: QueuedEvent, delay: number): void {
    this.#kernel.after(delay, () => void this.#attempt(event), { label: `retry of ${event.functionArn}` });
  }

  async #attempt(event: QueuedEvent): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = (await this.#kernel.call({
        service: 'lambda',
        operation: 'DeliverEvent',
        principal: 'lambda.amazonaws.com',
        input: { FunctionName: event.functionArn, Payload: event.payload, RequestId: event.requestId },
      })) as Outcome;
    } catch (error) {
      return this.#refused(event, error);
    }
    event.invocations += 1;
    event.throttles = 0;
    const { settings, deadLetterArn } = this.#settings(event);
    if (outcome.functionError === undefined) {
      if (settings.onSuccess !== undefined) await this.#send(event, settings.onSuccess, 'Success', outcome);
      this.#events.delete(event);
      return;
    }
    const age = this.#kernel.now() - event.queuedAt;
    const delay = RETRY_DELAYS_MS[event.invocations - 1] ?? 0;
    if (event.invocations > settings.maximumRetryAttempts) await this.#giveUp(event, 'RetriesExhausted', settings, deadLetterArn, outcome);
    else if (age + delay > settings.maximumEventAgeSeconds * 1000) {
      await this.#giveUp(event, 'EventAgeExceeded', settings, deadLetterArn, outcome);
    } else this.#later(event, delay);
  }

  /** There was no capacity, or no function any more. */
  async #refused(event: QueuedEvent, error: unknown): Promise<void> {
    const passing = error instanceof AwsError && (error.status === 429 || error.status >= 500);
    if (!passing) {
      this.#events.delete(event);
      this.#note(event, `An asynchronous event was dropped: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const { settings, deadLetterArn, reserved } = this.#settings(event);
    if (reserved === 0) return await this.#giveUp(event, 'ZeroReservedConcurrency', settings, deadLetterArn);
    event.throttles += 1;
    const delay = Math.min(1000 * 2 ** (event.throttles - 1), LONGEST_THROTTLE_DELAY_MS);
    const age = this.#kernel.now() - event.queuedAt;
    if (age + delay > settings.maximumEventAgeSeconds * 1000) await this.#giveUp(event, 'EventAgeExceeded', settings, deadLetterArn);
    else this.#later(event, delay);
  }

  async #giveUp(
    event: QueuedEvent,
    condition: Condition,
    settings: AsyncSettings,
    deadLetterArn: string | undefined,
    outcome?: Outcome,
  ): Promise<void> {
    if (settings.onFailure !== undefined) await this.#send(event, settings.onFailure, condition, outcome);
    if (deadLetterArn !== undefined) {
      const document = outcome ? (JSON.parse(Buffer.from(outcome.payload).toString()) as { errorMessage?: string }) : undefined;
      await this.#deliver(event, deadLetterArn, 'Failure', Buffer.from(event.payload).toString(), {
        RequestID: event.requestId,
        ErrorCode: outcome ? '200' : '429',
        ErrorMessage: (document?.errorMessage ?? condition).slice(0, 1024),
      });
    }
    if (settings.onFailure === undefined && deadLetterArn === undefined) {
      this.#note(
        event,
        `An asynchronous event was lost (${condition}): the function has neither an on-failure destination nor a dead-letter queue.`,
      );
    }
    this.#events.delete(event);
  }

  #send(event: QueuedEvent, destination: string, condition: Condition, outcome: Outcome | undefined): Promise<void> {
    const record = {
      version: '1.0',
      timestamp: new Date(this.#kernel.now()).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: /:function:[^:]+$/.test(event.functionArn) ? `${event.functionArn}:$LATEST` : event.functionArn,
        condition,
        approximateInvokeCount: event.invocations,
      },
      requestPayload: parsed(event.payload),
      ...(outcome
        ? {
            responseContext: {
              statusCode: 200,
              executedVersion: outcome.executedVersion,
              ...(outcome.functionError === undefined ? {} : { functionError: outcome.functionError }),
            },
            responsePayload: parsed(outcome.payload),
          }
        : {}),
    };
    return this.#deliver(event, destination, condition === 'Success' ? 'Success' : 'Failure', JSON.stringify(record));
  }

  async #deliver(
    event: QueuedEvent,
    destination: string,
    result: 'Success' | 'Failure',
    body: string,
    attributes?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { record } = this.#functions.resolve(event.functionArn);
    const { functionArn } = event;
    const objectKey = `aws/lambda/async/${record.name}/${datePath(this.#kernel)}-${event.requestId}`;
    const message = { body, result, functionArn, objectKey, ...(attributes ? { attributes } : {}) };
    try {
      await sendToDestination(this.#kernel, record.latest.role, destination, message);
    } catch (error) {
      this.#note(
        event,
        `Delivery to ${destination} failed, and the event is lost: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #settings(event: QueuedEvent): { settings: AsyncSettings; deadLetterArn: string | undefined; reserved: number | undefined } {
    const { record, qualifier } = this.#functions.resolve(event.functionArn);
    const settings = record.asynchronous.get(qualifier) ?? (qualifier === '' ? record.asynchronous.get('$LATEST') : undefined) ?? DEFAULTS;
    return { settings, deadLetterArn: record.latest.deadLetterArn, reserved: record.reservedConcurrency };
  }

  #note(event: QueuedEvent, message: string): void {
    const functionName = event.functionArn.split(':')[6] ?? event.functionArn;
    this.#logs.add({
      time: this.#kernel.now(),
      functionName,
      requestId: event.requestId,
      logGroup: `/aws/lambda/${functionName}`,
      logStream: 'asynchronous',
      level: 'ERROR',
      message,
    });
  }
}

function parsed(payload: Uint8Array): unknown {
  return payload.length === 0 ? null : JSON.parse(Buffer.from(payload).toString());
}

/** `2026/01/31/2026-01-31T10.11.12`: how Lambda names objects it writes by the time. */
export function datePath(kernel: Kernel): string {
  const time = new Date(kernel.now()).toISOString();
  return `${time.slice(0, 10).replaceAll('-', '/')}/${time.slice(0, 19).replaceAll(':', '.')}`;
}
