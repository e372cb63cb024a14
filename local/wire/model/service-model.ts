import { type Shape, StructureShape, schemaKind, shapeOf, type Traits, traitsOf } from './shape.ts';

/** An operation's name and what goes in and comes out of it. */
export interface Operation {
  readonly name: string;
  readonly input: Shape;
  readonly output: Shape;
  /** `http: [method, uri, status]` for REST protocols. */
  readonly traits: Traits;
}

/** A service as its SDK client describes it. */
export interface ServiceModel {
  readonly namespace: string;
  readonly operations: ReadonlyMap<string, Operation>;
  /** By the exception's name, and by its code in the query protocol where that differs. */
  readonly errors: ReadonlyMap<string, StructureShape>;
}

/**
 * Reads a service's model from the exports of its SDK client.
 *
 * @throws TypeError when the module exports no operation schemas: the SDK has changed its format
 */
export function readServiceModel(client: object): ServiceModel {
  const operations = new Map<string, Operation>();
  const errors = new Map<string, StructureShape>();
  let namespace = '';
  for (const value of Object.values(client)) {
    const kind = schemaKind(value);
    if (kind === 'operation') {
      const [, space, name, traits, input, output] = value;
      namespace = String(space);
      operations.set(String(name), { name: String(name), input: shapeOf(input), output: shapeOf(output), traits: traitsOf(traits) });
    } else if (kind === 'error') {
      const shape = shapeOf(value);
      if (shape instanceof StructureShape) errors.set(shape.name, shape);
    }
  }
  if (operations.size === 0) throw new TypeError('The SDK client exports no schemas of operations; is its version one with schemas?');
  for (const shape of [...errors.values()]) {
    const code = queryErrorOf(shape)?.code;
    if (code !== undefined && !errors.has(code)) errors.set(code, shape);
  }
  return { namespace, operations, errors };
}

/** Code and status that the query protocol gives an error, where they differ from its name. */
export function queryErrorOf(shape: StructureShape | undefined): { readonly code: string; readonly status: number } | undefined {
  const trait = shape?.traits.awsQueryError;
  if (!Array.isArray(trait)) return undefined;
  const [code, status] = trait;
  return typeof code === 'string' && typeof status === 'number' ? { code, status } : undefined;
}

/** Whether an operation sends or answers a stream of events, which has a framing of its own. */
export function hasEventStream({ input, output }: Operation): boolean {
  return [input, output].some(
    (shape) =>
      shape.kind === 'structure' &&
      [...shape.members.values()].some(({ shape: inner, traits }) => inner.kind === 'structure' && traits.streaming),
  );
}
