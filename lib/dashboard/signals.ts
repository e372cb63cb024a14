import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * What a person looks for, in the order in which they look.
 *
 * - `flow`: does it move, and how much.
 * - `lag`: how far each part is behind what it reads.
 * - `age`: what waits, and since when; what was set aside.
 * - `errors`: what fails.
 * - `cost`: what is paid for: requests, invocations, capacity.
 */
export type Section = 'flow' | 'lag' | 'age' | 'errors' | 'cost';

export const SECTIONS: Readonly<Record<Section, string>> = {
  flow: 'Flow: does it move, and how much',
  lag: 'Lag: how far each part is behind',
  age: 'Age: what waits, and what was set aside',
  errors: 'Errors: what fails',
  cost: 'Cost: what is paid for',
};

/** One line of a graph. Signals of one title share a graph. */
export interface Signal {
  readonly section: Section;
  /** Title of the graph. */
  readonly title: string;
  /** What the line is called: the construct's path in its stack, and which of its lines it is. */
  readonly label: string;
  readonly metric: Metric;
}
