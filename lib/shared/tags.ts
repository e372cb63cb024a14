import { Stack, Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Key of the tag that says which construct of this kit a resource belongs to, as `Outbox Bookings`. */
export const CONSTRUCT_TAG = 'millrace:construct';

/**
 * Tags every resource of a construct with its kind and path inside its stack, so that costs and alarms can be followed to it. A stack's own tags
 * (`Tags.of(app).add('team', 'bookings')`) come in addition.
 *
 * @param parts what belongs to it; the construct itself, and all inside, when left out
 */
export function tagConstruct(construct: IConstruct, kind: string, parts: readonly IConstruct[] = [construct]): void {
  const stack = Stack.of(construct).node.path;
  const inside = construct.node.path.slice(stack.length).replace(/^\//, '');
  for (const part of parts) Tags.of(part).add(CONSTRUCT_TAG, `${kind} ${inside}`.replace(/[^\p{L}\p{N} _.:/=+@-]/gu, '_').slice(0, 256));
}
