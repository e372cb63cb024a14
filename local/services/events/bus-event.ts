import { readEvent } from '../../event-pattern/index.ts';
import { ACCOUNT, REGION } from '../../kernel/index.ts';

/** An event's fields but its detail, in the order AWS writes them. */
export interface EventHead {
  readonly id: string;
  readonly detailType: string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, to the second. */
  readonly time: string;
  readonly region: string;
  readonly replayName?: string;
  readonly resources: readonly string[];
}

/** An event on a bus: read once for matching, written once for all its targets. */
export class BusEvent {
  readonly head: EventHead;
  /** The detail as JSON text without blanks; numbers are as the sender wrote them. */
  readonly detail: string;
  /** When it came in, in epoch milliseconds. */
  readonly ingestedAt: number;
  #value: object | undefined;
  #text: string | undefined;

  constructor(head: EventHead, detail: string, ingestedAt: number, detailValue?: object) {
    this.head = head;
    this.detail = detail;
    this.ingestedAt = ingestedAt;
    if (detailValue) this.#value = { ...fields(head), detail: detailValue };
  }

  /** The whole event as a JSON value. */
  get value(): object {
    this.#value ??= { ...fields(this.head), detail: readEvent(this.detail) };
    return this.#value;
  }

  /** The whole event as JSON text. */
  get text(): string {
    this.#text ??= `${JSON.stringify(fields(this.head)).slice(0, -1)},"detail":${this.detail}}`;
    return this.#text;
  }

  /** The same event, sent again by a replay. */
  replayed(replayName: string): BusEvent {
    return new BusEvent({ ...this.head, replayName }, this.detail, this.ingestedAt);
  }
}

function fields(head: EventHead): Record<string, unknown> {
  return {
    version: '0',
    id: head.id,
    'detail-type': head.detailType,
    source: head.source,
    account: head.account,
    time: head.time,
    region: head.region,
    ...(head.replayName === undefined ? {} : { 'replay-name': head.replayName }),
    resources: head.resources,
  };
}

/** The head of an event of this account. */
export function eventHead(id: string, source: string, detailType: string, time: number, resources: readonly string[]): EventHead {
  return { id, detailType, source, account: ACCOUNT, time: isoSeconds(time), region: REGION, resources };
}

export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|\s+/g;

/** JSON text without the blanks between its tokens. */
export function compactJson(text: string): string {
  return /\s/.test(text) ? text.replace(TOKENS, (token) => (token.startsWith('"') ? token : '')) : text;
}
