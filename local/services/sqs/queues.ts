import { ACCOUNT, AwsError, arn, type Kernel } from '../../kernel/index.ts';
import { checkChanges, checkNew, type QueueAttributes } from './attributes.ts';
import type { DeliveryChooser } from './chooser.ts';
import { invalidParameter, invalidValue, legacy, missingParameter, queueDoesNotExist } from './errors.ts';
import type { Message } from './message.ts';
import { Queue } from './queue.ts';
import { allowsRedriveFrom, parseRedrivePolicy } from './redrive.ts';

const ENDPOINT = 'http://127.0.0.1:4566';
const RECREATE_AFTER_MS = 60_000;

/** The queues of the account, and how they refer to each other. */
export class Queues {
  readonly kernel: Kernel;
  readonly #chooser: DeliveryChooser;
  readonly #inFlightLimit: number;
  readonly #byName = new Map<string, Queue>();
  /** Dead-letter queue → the queues that name it. */
  readonly #sources = new Map<string, Set<Queue>>();
  readonly #deletedAt = new Map<string, number>();

  constructor(kernel: Kernel, chooser: DeliveryChooser, inFlightLimit: number) {
    this.kernel = kernel;
    this.#chooser = chooser;
    this.#inFlightLimit = inFlightLimit;
  }

  /** All queues, by name. */
  all(): Queue[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  create(name: string, attributes: QueueAttributes): Queue {
    checkName(name, attributes.FifoQueue?.toLowerCase() === 'true');
    checkNew(attributes);
    const existing = this.#byName.get(name);
    if (existing) {
      const different = Object.entries(attributes).find(([key, value]) => !sameValue(existing.attributes[key], value));
      if (!different) return existing;
      throw new AwsError(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for attribute ${different[0]}`,
        { queryCode: 'QueueAlreadyExists' },
      );
    }
    const deletedAt = this.#deletedAt.get(name);
    if (deletedAt !== undefined && this.kernel.now() < deletedAt + RECREATE_AFTER_MS) {
      const text = 'You must wait 60 seconds after deleting a queue before you can create another with the same name.';
      throw legacy('QueueDeletedRecently', text);
    }
    const queueArn = arn('sqs', name);
    if (attributes.RedrivePolicy) this.#checkRedrive(attributes.RedrivePolicy, queueArn, name.endsWith('.fifo'));
    const queue = new Queue(name, queueArn, attributes, {
      kernel: this.kernel,
      chooser: this.#chooser,
      inFlightLimit: this.#inFlightLimit,
      deadLetter: (from, message) => this.#deadLetter(from, message),
    });
    this.#byName.set(name, queue);
    this.#link(queue);
    return queue;
  }

  change(queue: Queue, changes: QueueAttributes): void {
    checkChanges(changes, queue.settings.fifo);
    if (changes.RedrivePolicy) this.#checkRedrive(changes.RedrivePolicy, queue.arn, queue.settings.fifo);
    this.#unlink(queue);
    try {
      queue.change(changes);
    } finally {
      this.#link(queue);
    }
  }

  delete(queue: Queue): void {
    queue.close();
    this.#unlink(queue);
    this.#byName.delete(queue.name);
    this.#deletedAt.set(queue.name, this.kernel.now());
  }

  /** The queue of a URL, of which the last segment counts, or of an ARN. */
  resolve(url: string | undefined): Queue {
    if (!url) throw missingParameter('QueueUrl');
    const queue = this.#byName.get(url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf(':')) + 1));
    if (!queue) throw queueDoesNotExist();
    return queue;
  }

  byArn(queueArn: string): Queue | undefined {
    const queue = this.#byName.get(queueArn.slice(queueArn.lastIndexOf(':') + 1));
    return queue?.arn === queueArn ? queue : undefined;
  }

  url(queue: Queue): string {
    return `${ENDPOINT}/${ACCOUNT}/${queue.name}`;
  }

  /** The queues whose redrive policy names this one. */
  sourcesOf(queue: Queue): Queue[] {
    return [...(this.#sources.get(queue.arn) ?? [])];
  }

  #deadLetter(from: Queue, message: Message): boolean {
    const target = this.byArn(from.settings.redrive?.deadLetterTargetArn ?? '');
    if (!target || !allowsRedriveFrom(target.settings.redriveAllow, from.arn)) return false;
    target.acceptDeadLetter(message, from);
    return true;
  }

  #checkRedrive(json: string, sourceArn: string, fifo: boolean): void {
    const { deadLetterTargetArn } = parseRedrivePolicy(json);
    if (!/^arn:[^:]+:sqs:[^:]*:\d{12}:.+$/.test(deadLetterTargetArn)) {
      throw invalidValue(json, 'RedrivePolicy', 'Invalid value for deadLetterTargetArn.');
    }
    const target = this.byArn(deadLetterTargetArn);
    if (!target && deadLetterTargetArn !== sourceArn) throw invalidValue(json, 'RedrivePolicy', 'Dead letter target does not exist.');
    if (!target || deadLetterTargetArn === sourceArn) {
      throw invalidValue(json, 'RedrivePolicy', 'Dead letter target cannot be the queue itself.');
    }
    if (target.settings.fifo !== fifo) {
      throw invalidValue(json, 'RedrivePolicy', 'Dead letter target must be same type of queue as the source.');
    }
    if (!allowsRedriveFrom(target.settings.redriveAllow, sourceArn)) {
      throw invalidParameter(
        `Queue ${deadLetterTargetArn} does not allow ${sourceArn} to use it as a dead letter queue (RedriveAllowPolicy).`,
      );
    }
  }

  #link(queue: Queue): void {
    const target = queue.settings.redrive?.deadLetterTargetArn;
    if (!target) return;
    const sources = this.#sources.get(target) ?? new Set();
    sources.add(queue);
    this.#sources.set(target, sources);
  }

  #unlink(queue: Queue): void {
    this.#sources.get(queue.settings.redrive?.deadLetterTargetArn ?? '')?.delete(queue);
  }
}

function checkName(name: string | undefined, fifo: boolean): void {
  if (!name) throw missingParameter('QueueName');
  if (fifo) {
    if (name.length <= 80 && /^[A-Za-z0-9_-]+\.fifo$/.test(name)) return;
    throw invalidParameter(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
    );
  }
  if (/^[A-Za-z0-9_-]{1,80}$/.test(name)) return;
  throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
}

/** Attribute values that are JSON compare by content. */
function sameValue(current: string | undefined, given: string): boolean {
  if (current === given || (current === undefined && given === '')) return true;
  if (current === undefined) return false;
  if (!given.startsWith('{')) return current.toLowerCase() === given.toLowerCase();
  try {
    return JSON.stringify(JSON.parse(current)) === JSON.stringify(JSON.parse(given));
  } catch {
    return false;
  }
}
