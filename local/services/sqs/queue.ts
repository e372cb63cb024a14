import { AwsError, type Kernel, type PendingWork } from '../../kernel/index.ts';
import { apply, type QueueAttributes, type QueueSettings, settings } from './attributes.ts';
import type { DeliveryChooser } from './chooser.ts';
import { Deduplication } from './deduplication.ts';
import { invalidValue, legacy, queueDoesNotExist } from './errors.ts';
import { LIMITS } from './limits.ts';
import { LongPolls } from './long-polls.ts';
import type { Message, MessageContent } from './message.ts';
import { FifoOrder, StandardOrder } from './message-order.ts';
import { MessageStore } from './message-store.ts';
import { messageIdOf, receiptHandle } from './receipt-handle.ts';

/** What a queue needs of its surroundings. */
export interface QueueSurroundings {
  readonly kernel: Kernel;
  readonly chooser: DeliveryChooser;
  /** The most messages that may be in flight. */
  readonly inFlightLimit: number;
  /** Gives a message to the queue's dead-letter queue; false when there is none that takes it. */
  deadLetter(from: Queue, message: Message): boolean;
}

export interface ReceiveOptions {
  /** 1 to 10. */
  readonly max: number;
  /** How long what is received stays hidden. @default the queue's visibility timeout */
  readonly visibilityMs?: number | undefined;
}

/** What a send answers, also when a FIFO queue had the message already. */
export interface Accepted {
  readonly id: string;
  readonly sequenceNumber: string | undefined;
}

type Origin = Pick<Message, 'id' | 'content' | 'senderId' | 'sentAt'>;
type History = Partial<Pick<Message, 'deadLetterSource' | 'receiveCount' | 'firstReceivedAt'>>;

/** A queue, standard or FIFO. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags = new Map<string, string>();
  modifiedAt: number;
  purgedAt: number | undefined;
  #attributes: QueueAttributes;
  #settings: QueueSettings;
  readonly #env: QueueSurroundings;
  readonly #messages: MessageStore;
  readonly #polls: LongPolls<Message[]>;
  readonly #deduplication = new Deduplication<Accepted>();
  readonly #totals = { sent: 0, received: 0, deleted: 0 };
  #sequence = 0;

  constructor(name: string, arn: string, attributes: QueueAttributes, env: QueueSurroundings) {
    this.name = name;
    this.arn = arn;
    this.#env = env;
    this.#attributes = apply(undefined, attributes);
    this.#settings = settings(this.#attributes);
    this.#polls = new LongPolls(env.kernel, name);
    this.#messages = new MessageStore({
      kernel: env.kernel,
      name,
      order: this.#settings.fifo ? new FifoOrder() : new StandardOrder((count) => env.chooser.next(arn, count)),
      onReceivable: () => this.#announce(),
    });
    this.createdAt = env.kernel.now();
    this.modifiedAt = this.createdAt;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  get attributes(): QueueAttributes {
    return this.#attributes;
  }

  get counts(): MessageStore['counts'] {
    this.#messages.refresh();
    return this.#messages.counts;
  }

  /** Messages sent, received and deleted since the queue was made. As on AWS, what a redrive policy brings was not sent. */
  get totals(): { readonly sent: number; readonly received: number; readonly deleted: number } {
    return this.#totals;
  }

  /** When the oldest message was sent that is still here, in epoch milliseconds. */
  get oldestSentAt(): number | undefined {
    this.#messages.refresh();
    return this.#messages.oldestSentAt;
  }

  change(attributes: QueueAttributes): void {
    const before = this.#settings.retentionMs;
    const next = apply(this.#attributes, attributes);
    this.#settings = settings(next);
    this.#attributes = next;
    this.modifiedAt = this.#now;
    if (this.#settings.retentionMs !== before) this.#messages.setRetention(this.#settings.retentionMs);
  }

  /** Accepts a message. A FIFO queue that accepted it in the last five minutes answers as it did then. */
  send(content: MessageContent, senderId: string, delayMs: number | undefined): Accepted {
    this.#messages.refresh();
    const key = this.#deduplicationKey(content);
    const known = key === undefined ? undefined : this.#deduplication.find(key, this.#now);
    if (known) return known;
    const message = this.#enter(
      { id: this.#env.kernel.uuid(), content, senderId, sentAt: this.#now },
      {},
      delayMs ?? this.#settings.delayMs,
    );
    this.#totals.sent += 1;
    const accepted: Accepted = { id: message.id, sequenceNumber: message.sequenceNumber };
    if (key !== undefined) this.#deduplication.remember(key, accepted, this.#now);
    return accepted;
  }

  /** Takes a message that another queue gives up. A standard queue counts its retention from the first send. */
  acceptDeadLetter({ id, content, senderId, sentAt, receiveCount, firstReceivedAt }: Message, from: Queue): void {
    const origin: Origin = { id, content, senderId, sentAt: this.#settings.fifo ? this.#now : sentAt };
    this.#enter(origin, { deadLetterSource: from.arn, receiveCount, firstReceivedAt });
  }

  /** Takes a message that is moved out of a dead-letter queue: a new message, except for its content. */
  acceptMoved({ content, senderId }: Message): void {
    this.#enter({ id: this.#env.kernel.uuid(), content, senderId, sentAt: this.#now });
  }

  /** The next message that a move may take. */
  peek(): Message | undefined {
    this.#messages.refresh();
    return this.#messages.next();
  }

  remove(message: Message): void {
    this.#messages.remove(message);
    if (this.#settings.fifo) this.#announce();
  }

  /** @throws AwsError `OverLimit` when a standard queue has too many messages in flight */
  receive(options: ReceiveOptions): Message[] {
    this.#messages.refresh();
    if (!this.#settings.fifo && this.#full) {
      throw new AwsError('OverLimit', 'The maximum number of in flight messages is reached.', { status: 403 });
    }
    return this.#take(options);
  }

  /** Answers as soon as there is a message, or with none after `waitMs`. */
  waitToReceive(options: ReceiveOptions, waitMs: number): Promise<Message[]> {
    const attempt = (): Message[] | undefined => {
      this.#messages.refresh();
      const messages = this.#take(options);
      return messages.length > 0 ? messages : undefined;
    };
    return this.#polls.wait(attempt, [], waitMs);
  }

  /**
   * Deletes what a handle was given for.
   *
   * A standard queue answers well to the handle of an earlier receive and keeps the message; a FIFO queue refuses it.
   */
  delete(handle: string): void {
    this.#messages.refresh();
    const message = this.#byHandle(handle);
    if (!message) return;
    const stale = message.receiptHandle !== handle;
    if (this.#settings.fifo && (stale || message.state !== 'in-flight')) {
      throw invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.');
    }
    if (stale || (!this.#settings.fifo && this.#env.chooser.forgetsDelete(this.arn))) return;
    const wasFull = this.#full;
    this.#totals.deleted += 1;
    this.#messages.remove(message);
    if (this.#settings.fifo || wasFull) this.#announce();
  }

  changeVisibility(handle: string, timeoutMs: number): void {
    this.#messages.refresh();
    const message = this.#byHandle(handle);
    if (!message) {
      throw invalidValue(handle, 'ReceiptHandle', 'Message does not exist or is not available for visibility timeout change.');
    }
    const stale = message.receiptHandle !== handle;
    if (this.#settings.fifo && (stale || message.state !== 'in-flight')) {
      throw invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.');
    }
    if (stale) throw legacy('MessageNotInflight', 'The message referred to is not in flight.');
    const total = this.#now + timeoutMs - (message.lastReceivedAt ?? this.#now);
    if (total > LIMITS.visibilitySeconds * 1000) {
      const reason = `Total VisibilityTimeout for the message is beyond the limit [${LIMITS.visibilitySeconds} seconds].`;
      throw invalidValue(timeoutMs / 1000, 'VisibilityTimeout', reason);
    }
    this.#messages.hide(message, timeoutMs);
  }

  purge(): void {
    this.#messages.clear();
    this.purgedAt = this.#now;
  }

  /** The queue is deleted: nothing of it is left to happen. */
  close(): void {
    this.#messages.close();
    this.#polls.refuseAll(queueDoesNotExist());
  }

  pending(): PendingWork[] {
    const { ready, delayed, 'in-flight': inFlight } = this.counts;
    const work: [what: string, count: number][] = [
      ['messages visible', ready],
      ['messages in flight', inFlight],
      ['messages delayed', delayed],
    ];
    return work.filter(([, count]) => count > 0).map(([what, count]) => ({ resource: this.arn, what, count }));
  }

  get #now(): number {
    return this.#env.kernel.now();
  }

  get #full(): boolean {
    return this.#messages.counts['in-flight'] >= this.#env.inFlightLimit;
  }

  #enter(origin: Origin, history: History = {}, delayMs = 0): Message {
    const message: Message = {
      id: origin.id,
      content: origin.content,
      senderId: origin.senderId,
      sentAt: origin.sentAt,
      sequenceNumber: this.#settings.fifo ? this.#nextSequenceNumber() : undefined,
      deadLetterSource: history.deadLetterSource,
      state: 'ready',
      firstReceivedAt: history.firstReceivedAt,
      lastReceivedAt: undefined,
      receiveCount: history.receiveCount ?? 0,
      receivesHere: 0,
      receiptHandle: undefined,
      place: undefined,
    };
    this.#messages.insert(message, delayMs, message.sentAt + this.#settings.retentionMs);
    return message;
  }

  #take({ max, visibilityMs = this.#settings.visibilityMs }: ReceiveOptions): Message[] {
    const taken: Message[] = [];
    // A visibility timeout of zero leaves a message ready; it is hidden for this answer only, which holds it once.
    const visibleAtOnce: Message[] = [];
    while (taken.length < max && !this.#full) {
      const message = this.#messages.next(taken.at(-1));
      if (!message) break;
      if (this.#exhausted(message) && this.#env.deadLetter(this, message)) {
        this.#messages.remove(message);
        continue;
      }
      this.#markReceived(message);
      const hiddenMs = this.#settings.fifo ? visibilityMs : this.#env.chooser.hiddenFor(this.arn, visibilityMs);
      this.#messages.hide(message, Math.max(hiddenMs, 1));
      if (hiddenMs === 0) visibleAtOnce.push(message);
      taken.push(message);
    }
    for (const message of visibleAtOnce) this.#messages.hide(message, 0);
    return taken;
  }

  #exhausted(message: Message): boolean {
    const limit = this.#settings.redrive?.maxReceiveCount;
    return limit !== undefined && message.receivesHere >= limit;
  }

  #markReceived(message: Message): void {
    this.#totals.received += 1;
    message.receiveCount += 1;
    message.receivesHere += 1;
    message.firstReceivedAt ??= this.#now;
    message.lastReceivedAt = this.#now;
    message.receiptHandle = receiptHandle(this.name, message.id, message.receiveCount);
  }

  #byHandle(handle: string): Message | undefined {
    const id = messageIdOf(handle, this.name);
    if (id === undefined) {
      throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
    }
    return this.#messages.get(id);
  }

  #deduplicationKey(content: MessageContent): string | undefined {
    if (!this.#settings.fifo) return undefined;
    return this.#settings.deduplicationScope === 'queue' ? content.deduplicationId : `${content.groupId}\n${content.deduplicationId}`;
  }

  #nextSequenceNumber(): string {
    this.#sequence += 1;
    return `1888${String(this.#sequence).padStart(16, '0')}`;
  }

  /** Tells whoever waits that a message can be received, if one can. */
  #announce(): void {
    if (!this.#messages.receivable) return;
    this.#polls.serve();
    this.#env.kernel.signal(this.arn);
  }
}
