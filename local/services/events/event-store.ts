import type { BusEvent } from './bus-event.ts';

interface StoredEvent {
  readonly storedAt: number;
  readonly event: BusEvent;
}

/** What an archive keeps: appended at one end, expired at the other, at a flat cost per event. */
export class EventStore {
  #events: StoredEvent[] = [];
  #head = 0;
  #bytes = 0;

  get count(): number {
    return this.#events.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(event: BusEvent, now: number): void {
    this.#events.push({ storedAt: now, event });
    this.#bytes += event.text.length;
  }

  /** Forgets what was stored before `time`. */
  expire(time: number): void {
    for (let first = this.#events[this.#head]; first && first.storedAt < time; first = this.#events[this.#head]) {
      this.#bytes -= first.event.text.length;
      this.#head += 1;
    }
    if (this.#head > 1_000 && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Events that were stored in [from, to), oldest first. */
  between(from: number, to: number): BusEvent[] {
    return this.#events
      .slice(this.#head)
      .filter(({ storedAt }) => storedAt >= from && storedAt < to)
      .map(({ event }) => event);
  }
}
