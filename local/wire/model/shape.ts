/**
 * What a value looks like, read from the schemas that the AWS SDK's clients export (`SendMessageRequest$`).
 *
 * A schema there is a number for a simple type, or an array `[kind, namespace, name, traits, …]`; a member of a structure
 * is a schema or a pair `[schema, traits]`; a function gives a schema later, because schemas refer to each other.
 */
export type Shape = SimpleShape | TimestampShape | BlobShape | ListShape | MapShape | StructureShape;

export type Traits = Readonly<Record<string, unknown>>;
export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

export interface SimpleShape {
  readonly kind: 'string' | 'number' | 'boolean' | 'document' | 'unit';
}

export interface TimestampShape {
  readonly kind: 'timestamp';
  /** The format the schema asks for. @default the protocol's own */
  readonly format?: TimestampFormat;
}

export interface BlobShape {
  readonly kind: 'blob';
  readonly streaming: boolean;
}

/** Where a value stands in something larger. */
export interface Slot {
  readonly shape: Shape;
  /** Traits of the place and of the type it refers to; those of the place win. */
  readonly traits: Traits;
  /** Name in XML and query documents that the place asks for. @default its own name */
  readonly xmlName?: string;
}

export interface Member extends Slot {
  readonly name: string;
  readonly required: boolean;
}

const KIND = { simple: 0, list: 1, map: 2, structure: 3, error: -3, union: 4, operation: 9 } as const;
const LIST_OF = 0x40;
const MAP_OF = 0x80;
const SIMPLE: ReadonlyMap<unknown, Shape> = new Map<unknown, Shape>([
  [0, { kind: 'string' }],
  [1, { kind: 'number' }],
  [2, { kind: 'boolean' }],
  [4, { kind: 'timestamp' }],
  [5, { kind: 'timestamp', format: 'date-time' }],
  [6, { kind: 'timestamp', format: 'http-date' }],
  [7, { kind: 'timestamp', format: 'epoch-seconds' }],
  [15, { kind: 'document' }],
  [17, { kind: 'number' }],
  [19, { kind: 'number' }],
  [21, { kind: 'blob', streaming: false }],
  [42, { kind: 'blob', streaming: true }],
  ['unit', { kind: 'unit' }],
]);
/** Traits without a value are packed into a number, a bit each, in this order. */
const TRAIT_BITS = ['httpLabel', 'idempotent', 'idempotencyToken', 'sensitive', 'httpPayload', 'httpResponseCode', 'httpQueryParams'];
const NO_TRAITS: Traits = {};

export class ListShape {
  readonly kind = 'list';
  readonly #item: unknown;
  #slot: Slot | undefined;

  constructor(item: unknown) {
    this.#item = item;
  }

  get item(): Slot {
    this.#slot ??= slotOf(this.#item);
    return this.#slot;
  }

  get sparse(): boolean {
    return this.item.traits.sparse !== undefined;
  }
}

export class MapShape {
  readonly kind = 'map';
  readonly #key: unknown;
  readonly #value: unknown;
  #slots: { key: Slot; value: Slot } | undefined;

  constructor(key: unknown, value: unknown) {
    this.#key = key;
    this.#value = value;
  }

  get slots(): { readonly key: Slot; readonly value: Slot } {
    this.#slots ??= { key: slotOf(this.#key), value: slotOf(this.#value) };
    return this.#slots;
  }

  get sparse(): boolean {
    return this.slots.value.traits.sparse !== undefined;
  }
}

export class StructureShape {
  readonly kind = 'structure';
  readonly namespace: string;
  readonly name: string;
  readonly traits: Traits;
  /** Of several members exactly one is set. */
  readonly union: boolean;
  readonly #names: readonly string[];
  readonly #schemas: readonly unknown[];
  readonly #required: number;
  #members: ReadonlyMap<string, Member> | undefined;

  constructor(schema: readonly unknown[]) {
    this.namespace = String(schema[1]);
    this.name = String(schema[2]);
    this.traits = traitsOf(schema[3]);
    this.union = schema[0] === KIND.union;
    this.#names = asArray(schema[4]).map(String);
    this.#schemas = asArray(schema[5]);
    this.#required = typeof schema[6] === 'number' ? schema[6] : 0;
  }

  get members(): ReadonlyMap<string, Member> {
    this.#members ??= new Map(
      this.#names.map((name, index) => [name, { ...slotOf(this.#schemas[index]), name, required: index < this.#required }]),
    );
    return this.#members;
  }
}

const compiled = new WeakMap<object, Shape>();

/** @throws TypeError for a schema of a form this code does not know: the SDK has changed its format */
export function shapeOf(reference: unknown): Shape {
  const schema = resolve(reference);
  if (!Array.isArray(schema)) return simpleShape(schema);
  const known = compiled.get(schema);
  if (known) return known;
  const shape = compile(schema);
  compiled.set(schema, shape);
  return shape;
}

/** Whether a client's export is a schema of an operation or of an error, and which. */
export function schemaKind(value: unknown): 'operation' | 'error' | undefined {
  if (!Array.isArray(value) || value.length < 5 || typeof value[1] !== 'string' || typeof value[2] !== 'string') return undefined;
  if (value[0] === KIND.operation) return 'operation';
  return value[0] === KIND.error ? 'error' : undefined;
}

export function traitsOf(traits: unknown): Traits {
  if (typeof traits === 'object' && traits !== null) return { ...traits };
  if (typeof traits !== 'number' || traits === 0) return NO_TRAITS;
  return Object.fromEntries(TRAIT_BITS.filter((_, bit) => (traits >> bit) & 1).map((name) => [name, 1]));
}

function compile(schema: readonly unknown[]): Shape {
  switch (schema[0]) {
    case KIND.simple:
      return shapeOf(schema[4]);
    case KIND.list:
      return new ListShape(schema[4]);
    case KIND.map:
      return new MapShape(schema[4], schema[5]);
    case KIND.structure:
    case KIND.error:
    case KIND.union:
      return new StructureShape(schema);
    default:
      throw new TypeError(`The SDK's schema ${String(schema[1])}#${String(schema[2])} is of an unknown kind ${String(schema[0])}.`);
  }
}

function simpleShape(code: unknown): Shape {
  const shape = SIMPLE.get(code);
  if (shape) return shape;
  if (typeof code === 'number' && code & MAP_OF) return new MapShape(0, code & 0x3f);
  if (typeof code === 'number' && code & LIST_OF) return new ListShape(code & 0x3f);
  throw new TypeError(`The SDK's schemas have an unknown simple type ${String(code)}.`);
}

function slotOf(place: unknown): Slot {
  if (!Array.isArray(place) || place.length !== 2) return { shape: shapeOf(place), traits: ownTraits(place) };
  const [reference, own] = place;
  const traits = traitsOf(own);
  const xmlName = traits.xmlName;
  return {
    shape: shapeOf(reference),
    traits: { ...ownTraits(reference), ...traits },
    ...(typeof xmlName === 'string' ? { xmlName } : {}),
  };
}

function ownTraits(reference: unknown): Traits {
  const schema = resolve(reference);
  return Array.isArray(schema) ? traitsOf(schema[3]) : NO_TRAITS;
}

function resolve(reference: unknown): unknown {
  return typeof reference === 'function' ? reference() : reference;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
