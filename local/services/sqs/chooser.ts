/**
 * Takes the decisions that AWS leaves open for standard queues: best-effort order and at-least-once delivery.
 * A simulator gives its own; {@link orderly} is what happens otherwise.
 */
export interface DeliveryChooser {
  /** Which of the `count` messages nearest the head goes next, 0 being the head. */
  next(queueArn: string, count: number): number;
  /** After how many milliseconds a received message is visible again; less than `timeoutMs` makes a duplicate. */
  hiddenFor(queueArn: string, timeoutMs: number): number;
  /** Whether a delete is answered and yet forgotten, as when a server that holds a copy was away. */
  forgetsDelete(queueArn: string): boolean;
}

/** First in, first out, each message once. */
export const orderly: DeliveryChooser = { next: () => 0, hiddenFor: (_queueArn, timeoutMs) => timeoutMs, forgetsDelete: () => false };

/** How far from the head of a standard queue a chooser may pick: enough for every reordering that matters, at constant cost. */
export const CHOICE_WINDOW = 100;
