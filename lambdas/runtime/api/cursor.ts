import { type OutputOf, type Schema, validate } from '../../contracts/index.ts';
import { invalidCursor } from './problem.ts';

/**
 * A position in a list as text for the client, which hands it back and must not look inside.
 * @param position plain JSON, such as DynamoDB's `LastEvaluatedKey`; undefined at the end of the list
 */
export function encodeCursor(position: object | undefined): string | undefined {
  return position === undefined ? undefined : Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads a cursor that a client sent. Clients can send anything, so it is checked like any other input.
 *
 * @returns undefined when there is none: the list begins
 * @throws ProblemError 400 when it is none of ours
 * @example
 * const start = decodeCursor(request.query.cursor, z.object({ pk: z.string() }));
 */
export function decodeCursor<S extends Schema>(cursor: string | undefined, schema: S): OutputOf<S> | undefined {
  if (cursor === undefined) return undefined;
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalidCursor();
  }
  const checked = validate(schema, position);
  if (!checked.ok) throw invalidCursor();
  return checked.value;
}
