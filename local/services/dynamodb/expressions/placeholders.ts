import { validation } from '../errors.ts';
import type { AttributeValue } from '../values/attribute-value.ts';
import { readValue } from '../values/read-value.ts';
import type { Layer } from '../wording.ts';
import type { Path } from './paths.ts';
import type { ExpressionKind, PathNode, ValueNode } from './syntax.ts';

export interface PlaceholderInput {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>> | undefined;
}

const NAME = /^#[A-Za-z0-9_]+$/;
const VALUE = /^:[A-Za-z0-9_]+$/;

/** The names and values that the expressions of one request refer to; each of them has to be used. */
export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, AttributeValue>>;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  /**
   * @param expressions the texts of the request's expressions by parameter name, undefined where the request has none
   * @param takesValues of those, the ones that may refer to values
   */
  constructor(
    input: PlaceholderInput,
    expressions: Readonly<Record<string, string | undefined>>,
    takesValues: readonly string[],
    layer: Layer = 'current',
  ) {
    const names = input.ExpressionAttributeNames;
    const values = input.ExpressionAttributeValues;
    if (names && Object.values(expressions).every((text) => text === undefined)) {
      throw validation('ExpressionAttributeNames can only be specified when using expressions');
    }
    if (values && takesValues.every((name) => expressions[name] === undefined)) {
      const which = `: ${takesValues.join(' and ')} ${takesValues.length > 1 ? 'are' : 'is'} null`;
      throw validation(`ExpressionAttributeValues can only be specified when using expressions${layer === 'older' ? which : ''}`);
    }
    this.#names = names ? checkedNames(names) : {};
    this.#values = values ? checkedValues(values, layer) : {};
  }

  path(node: PathNode, kind: ExpressionKind): Path {
    return node.steps.map((step) => (typeof step === 'string' && step.startsWith('#') ? this.#name(step, kind) : step)) as unknown as Path;
  }

  #name(placeholder: string, kind: ExpressionKind): string {
    const name = Object.hasOwn(this.#names, placeholder) ? this.#names[placeholder] : undefined;
    if (name === undefined) {
      throw validation(
        `Invalid ${kind}: An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      );
    }
    this.#usedNames.add(placeholder);
    return name;
  }

  value(node: ValueNode, kind: ExpressionKind): AttributeValue {
    const value = Object.hasOwn(this.#values, node.name) ? this.#values[node.name] : undefined;
    if (value === undefined) {
      throw validation(`Invalid ${kind}: An expression attribute value used in expression is not defined; attribute value: ${node.name}`);
    }
    this.#usedValues.add(node.name);
    return value;
  }

  requireAllUsed(): void {
    const name = unused(this.#names, this.#usedNames);
    if (name.length > 0) throw validation(`Value provided in ExpressionAttributeNames unused in expressions: keys: {${name.join(', ')}}`);
    const value = unused(this.#values, this.#usedValues);
    if (value.length > 0) {
      throw validation(`Value provided in ExpressionAttributeValues unused in expressions: keys: {${value.join(', ')}}`);
    }
  }
}

function unused(given: object, used: ReadonlySet<string>): string[] {
  return Object.keys(given).filter((name) => !used.has(name));
}

function checkedNames(names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const placeholders = Object.keys(names);
  if (placeholders.length === 0) throw validation('ExpressionAttributeNames must not be empty');
  for (const placeholder of placeholders) {
    if (!NAME.test(placeholder)) throw validation(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${placeholder}"`);
    const name = names[placeholder] ?? '';
    if (name === '') {
      throw validation(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${placeholder}`);
    }
    if (name.length > 65_535) {
      throw validation(
        `ExpressionAttributeNames contains invalid value: Member must have length less than or equal to 65535; key: "${placeholder}"`,
      );
    }
  }
  return names;
}

function checkedValues(values: Readonly<Record<string, AttributeValue>>, layer: Layer): Readonly<Record<string, AttributeValue>> {
  const placeholders = Object.keys(values);
  if (placeholders.length === 0) throw validation('ExpressionAttributeValues must not be empty');
  const copies: Record<string, AttributeValue> = {};
  for (const placeholder of placeholders) {
    if (!VALUE.test(placeholder)) throw validation(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${placeholder}"`);
    const value = values[placeholder];
    if (value === undefined) continue;
    try {
      copies[placeholder] = readValue(value, layer);
    } catch (error) {
      if (layer === 'current') throw error;
      const problem = error instanceof Error ? error.message : String(error);
      throw validation(`ExpressionAttributeValues contains invalid value: ${problem} for key ${placeholder}`);
    }
  }
  return copies;
}
