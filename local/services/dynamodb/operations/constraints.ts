import { validation } from '../errors.ts';

const TABLE_NAME = /^[a-zA-Z0-9_.-]+$/;
const TABLE_ARN = /^arn:aws:dynamodb:[a-z0-9-]+:\d{12}:table\/([a-zA-Z0-9_.-]+)$/;

/** The constraints of the API model that a request violates. DynamoDB reports them together, before anything else. */
export class Constraints {
  readonly #violations: string[] = [];

  violated(value: unknown, member: string, constraint: string): this {
    const shown = value === null || value === undefined ? 'null' : `'${String(value)}'`;
    this.#violations.push(`Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`);
    return this;
  }

  /** A violation that DynamoDB reports without the member and its value. */
  unnamed(constraint: string): this {
    this.#violations.push(`Failed to satisfy constraint: ${constraint}`);
    return this;
  }

  required(value: unknown, member: string): this {
    return value === undefined || value === null ? this.violated(null, member, 'Member must not be null') : this;
  }

  oneOf(value: string | undefined, member: string, allowed: readonly string[]): this {
    if (value === undefined || allowed.includes(value)) return this;
    return this.violated(value, member, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  }

  atLeast(value: number | undefined, member: string, least: number): this {
    return value !== undefined && value < least
      ? this.violated(value, member, `Member must have value greater than or equal to ${least}`)
      : this;
  }

  atMost(value: number | undefined, member: string, most: number): this {
    return value !== undefined && value > most
      ? this.violated(value, member, `Member must have value less than or equal to ${most}`)
      : this;
  }

  /** @throws AwsError that lists all violations */
  check(): void {
    const count = this.#violations.length;
    if (count === 0) return;
    throw validation(`${count} validation error${count > 1 ? 's' : ''} detected: ${this.#violations.join('; ')}`);
  }
}

/** The name of the table that a request is about; an ARN is taken, too. @throws AwsError before all other checks if it can be no table's name */
export function tableName(given: string | undefined, member = 'tableName'): string {
  const arn = given === undefined ? undefined : TABLE_ARN.exec(given)?.[1];
  if (arn) return arn;
  const constraints = new Constraints().required(given, member);
  if (given !== undefined) {
    if (given === '') {
      throw validation(
        "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
      );
    }
    if (given.length < 3) constraints.violated(given, member, 'Member must have length greater than or equal to 3');
    else if (given.length > 255) constraints.violated(given, member, 'Member must have length less than or equal to 255');
    else if (!TABLE_NAME.test(given)) {
      constraints.violated(given, member, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
    }
  }
  constraints.check();
  return given ?? '';
}

export const RETURN_VALUES = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'];
export const CAPACITY = ['INDEXES', 'TOTAL', 'NONE'];
export const METRICS = ['SIZE', 'NONE'];
export const ON_FAILURE = ['ALL_OLD', 'NONE'];

/**
 * Refuses parameters from before expressions: mixed with expressions in DynamoDB's words, alone in ours.
 *
 * @param legacy what the request has of them
 * @param expressions what the request has of expressions
 */
export function refuseLegacy(legacy: Readonly<Record<string, unknown>>, expressions: Readonly<Record<string, unknown>>): void {
  const old = Object.keys(legacy).filter((name) => legacy[name] !== undefined);
  if (old.length === 0) return;
  const present = Object.keys(expressions).filter((name) => expressions[name] !== undefined);
  if (present.length > 0) {
    throw validation(
      'Can not use both expression and non-expression parameters in the same request: ' +
        `Non-expression parameters: {${old.join(', ')}} Expression parameters: {${present.join(', ')}}`,
    );
  }
  const unsupported = old.filter((name) => name !== 'AttributesToGet');
  if (unsupported.length > 0) {
    throw validation(
      `The local cloud does not take the legacy parameters {${unsupported.join(', ')}}: use ConditionExpression, UpdateExpression, ` +
        'KeyConditionExpression and FilterExpression.',
    );
  }
}
