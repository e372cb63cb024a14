import type { Line } from '../../contracts/index.ts';
import { keyProblem } from './item-key.ts';
import { type HeadPlace, headInItem } from './records.ts';
import type { InItem } from './strategy.ts';

/** There is no item of this subject that could be read. */
export interface NoItem {
  readonly problem: string;
}

/** The head of a subject in the consumer's own item, or why it has none: its author's function throws, or names no key. */
export function headInOwnItem(item: InItem['item'], consumer: string, { source, subject }: Line): HeadPlace | NoItem {
  try {
    const place = item({ source, subject });
    const problem = keyProblem(place.key);
    return problem === undefined ? headInItem(place, consumer, { source }) : { problem };
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
