import { validation } from '../errors.ts';
import { Placeholders } from '../expressions/placeholders.ts';
import { bindProjection, type Projection, projectionOf } from '../expressions/projection.ts';
import { refuseLegacy } from './constraints.ts';

export interface SelectionInput {
  readonly ProjectionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly AttributesToGet?: readonly string[] | undefined;
}

/** Which attributes a read of single items wants; undefined for all. */
export function bindSelection(input: SelectionInput): Projection | undefined {
  const { ProjectionExpression, AttributesToGet } = input;
  refuseLegacy({ AttributesToGet }, { ProjectionExpression });
  const placeholders = new Placeholders(input, { ProjectionExpression }, []);
  const projection = ProjectionExpression === undefined ? undefined : bindProjection(ProjectionExpression, placeholders);
  placeholders.requireAllUsed();
  return projection ?? attributesToGet(AttributesToGet);
}

export function attributesToGet(names: readonly string[] | undefined): Projection | undefined {
  if (!names) return undefined;
  if (names.length === 0) {
    throw validation(
      "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  const duplicate = names.find((name, at) => names.indexOf(name) !== at);
  if (duplicate !== undefined)
    throw validation(`One or more parameter values were invalid: Duplicate value in attribute name: ${duplicate}`);
  return projectionOf(
    names.map((name) => [name] as const),
    (problem) => validation(problem),
  );
}
