import type { Kernel, Timer } from '../../kernel/index.ts';
import { DueHeap } from './due-heap.ts';
import type { Message, MessageState } from './message.ts';
import type { MessageOrder } from './message-order.ts';

export interface MessageStoreOptions {
  readonly kernel: Kernel;
  /** Name of the queue, for the labels of timers. */
  readonly name: string;
  readonly order: MessageOrder;
  /** A message may have become receivable. */
  readonly onReceivable: () => void;
}

/**
 * The messages of one queue: which are ready, which are hidden and until when, which are about to expire.
 * One timer stands for all hidden messages and one, a daemon, for retention. Every operation costs at most the logarithm of their number.
 */
export class MessageStore {
  readonly #kernel: Kernel;
  readonly #name: string;
  readonly #order: MessageOrder;
  readonly #onReceivable: () => void;
  readonly #messages = new Map<string, Message>();
  readonly #counts: Record<MessageState, number> = { ready: 0, delayed: 0, 'in-flight': 0, gone: 0 };
  readonly #hidden = new DueHeap<Message>();
  readonly #expiry = new DueHeap<Message>();
  #visibilityTimer: Timer | undefined;
  #expiryTimer: Timer | undefined;

  constructor({ kernel, name, order, onReceivable }: MessageStoreOptions) {
    this.#kernel = kernel;
    this.#name = name;
    this.#order = order;
    this.#onReceivable = onReceivable;
  }

  get counts(): Readonly<Record<MessageState, number>> {
    return this.#counts;
  }

  /** When the oldest message was sent that is still here. */
  get oldestSentAt(): number | undefined {
    return this.#expiry.first?.sentAt;
  }

  /** Whether a message could be received. */
  get receivable(): boolean {
    return this.#order.available;
  }

  get(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  /** The next message that may be received; it stays until it is hidden or removed. */
  next(taken?: Message): Message | undefined {
    return this.#order.next(taken);
  }

  insert(message: Message, hiddenMs: number, expiresAt: number): void {
    this.#messages.set(message.id, message);
    message.state = hiddenMs > 0 ? 'delayed' : 'ready';
    this.#counts[message.state] += 1;
    this.#order.add(message);
    if (hiddenMs > 0) this.#hidden.set(message, this.#kernel.now() + hiddenMs);
    this.#expiry.set(message, expiresAt);
    this.#armVisibility();
    this.#armExpiry();
    if (hiddenMs === 0) this.#onReceivable();
  }

  /** Puts a message in flight for a time; for no time makes it ready. */
  hide(message: Message, ms: number): void {
    this.#setState(message, ms > 0 ? 'in-flight' : 'ready');
    if (ms > 0) this.#hidden.set(message, this.#kernel.now() + ms);
    else this.#hidden.delete(message);
    this.#armVisibility();
    if (ms === 0) this.#onReceivable();
  }

  remove(message: Message): void {
    this.#counts[message.state] -= 1;
    message.state = 'gone';
    this.#order.remove(message);
    this.#messages.delete(message.id);
    this.#expiry.delete(message);
    if (this.#hidden.delete(message)) this.#armVisibility();
  }

  clear(): void {
    for (const message of [...this.#messages.values()]) this.remove(message);
  }

  setRetention(ms: number): void {
    for (const message of this.#messages.values()) this.#expiry.set(message, message.sentAt + ms);
    this.#armExpiry();
  }

  /** Lets what is due happen, since a timer of real time may be a moment behind the clock. */
  refresh(): void {
    const now = this.#kernel.now();
    let changed = false;
    for (let message = this.#hidden.takeDue(now); message; message = this.#hidden.takeDue(now)) {
      this.#setState(message, 'ready');
      changed = true;
    }
    for (let message = this.#expiry.takeDue(now); message; message = this.#expiry.takeDue(now)) {
      this.remove(message);
      changed = true;
    }
    if (!changed) return;
    this.#armVisibility();
    this.#onReceivable();
  }

  /** Ends the timers; the store is used no more. */
  close(): void {
    this.clear();
    this.#expiryTimer?.cancel();
  }

  #setState(message: Message, state: MessageState): void {
    this.#counts[message.state] -= 1;
    this.#counts[state] += 1;
    message.state = state;
    this.#order.changed(message);
  }

  #armVisibility(): void {
    const at = this.#hidden.nextAt;
    if (this.#visibilityTimer?.at === at) return;
    this.#visibilityTimer?.cancel();
    this.#visibilityTimer = undefined;
    if (at === undefined) return;
    const fire = (): void => {
      this.#visibilityTimer = undefined;
      this.refresh();
      this.#armVisibility();
    };
    this.#visibilityTimer = this.#kernel.schedule(at, fire, { label: `visibility timeout or delay in ${this.#name}` });
  }

  /** The timer of the oldest message is left standing when that message goes, and then finds what is oldest. */
  #armExpiry(): void {
    const at = this.#expiry.nextAt;
    if (at === undefined || (this.#expiryTimer && this.#expiryTimer.at <= at)) return;
    this.#expiryTimer?.cancel();
    const fire = (): void => {
      this.#expiryTimer = undefined;
      this.refresh();
      this.#armExpiry();
    };
    this.#expiryTimer = this.#kernel.schedule(at, fire, { daemon: true, label: `retention of ${this.#name}` });
  }
}
