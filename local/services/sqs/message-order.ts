import { CHOICE_WINDOW } from './chooser.ts';
import { LinkedList, type Node } from './linked-list.ts';
import type { Message } from './message.ts';

/** Which message may be received next. Knows a message from when it enters the queue until it is gone. */
export interface MessageOrder {
  /** A message entered the queue, in any state. */
  add(message: Message): void;
  /** A message's state changed between ready, delayed and in flight. */
  changed(message: Message): void;
  remove(message: Message): void;
  /** Whether there is a next message. */
  readonly available: boolean;
  /**
   * The next message that may be received; it stays where it is until its state changes.
   *
   * @param taken the message that the same answer took last, if it took any
   */
  next(taken: Message | undefined): Message | undefined;
}

/** Standard queues: any ready message may go; usually the one that became visible first. */
export class StandardOrder implements MessageOrder {
  readonly #ready = new LinkedList<Message>();
  readonly #choose: (count: number) => number;

  constructor(choose: (count: number) => number) {
    this.#choose = choose;
  }

  get available(): boolean {
    return this.#ready.length > 0;
  }

  add(message: Message): void {
    this.changed(message);
  }

  changed(message: Message): void {
    if (message.state === 'ready') message.place ??= this.#ready.push(message);
    else this.remove(message);
  }

  remove(message: Message): void {
    if (message.place) this.#ready.remove(message.place);
    message.place = undefined;
  }

  next(): Message | undefined {
    const count = Math.min(this.#ready.length, CHOICE_WINDOW);
    let node = this.#ready.first;
    if (count > 1) for (let skip = this.#choose(count); skip > 0 && node; skip -= 1) node = node.next;
    return node?.value;
  }
}

interface Group {
  readonly id: string;
  /** Everything of the group that is not gone, in the order it was sent. */
  readonly messages: LinkedList<Message>;
  /** Its place among the groups whose oldest message is ready. */
  place: Node<Group> | undefined;
}

/**
 * FIFO queues: a message may go when every older message of its group is gone, or goes out in the same answer. One that is in
 * flight or delayed holds back what follows it. An answer goes on with the same group for as long as it may, as on AWS.
 */
export class FifoOrder implements MessageOrder {
  readonly #groups = new Map<string, Group>();
  readonly #available = new LinkedList<Group>();

  get available(): boolean {
    return this.#available.length > 0;
  }

  add(message: Message): void {
    const id = message.content.groupId ?? '';
    const group = this.#groups.get(id) ?? { id, messages: new LinkedList<Message>(), place: undefined };
    this.#groups.set(id, group);
    message.place = group.messages.push(message);
    this.#update(group);
  }

  changed(message: Message): void {
    const group = this.#groups.get(message.content.groupId ?? '');
    if (group) this.#update(group);
  }

  remove(message: Message): void {
    const group = this.#groups.get(message.content.groupId ?? '');
    if (!group || !message.place) return;
    group.messages.remove(message.place);
    message.place = undefined;
    this.#update(group);
    if (group.messages.length === 0) this.#groups.delete(group.id);
  }

  next(taken: Message | undefined): Message | undefined {
    const follower = taken?.place?.next?.value;
    if (follower?.state === 'ready') return follower;
    return this.#available.first?.value.messages.first?.value;
  }

  #update(group: Group): void {
    const available = group.messages.first?.value.state === 'ready';
    if (available) {
      group.place ??= this.#available.push(group);
    } else if (group.place) {
      this.#available.remove(group.place);
      group.place = undefined;
    }
  }
}
