import { ContractError } from './contract-error.ts';
import type { Correlation } from './correlation.ts';
import { dataschemaOf, type Envelope, eventId, parseEnvelope, versionOf } from './envelope.ts';
import { keyProblems } from './line.ts';
import { type InputOf, type OutputOf, type Schema, validate } from './validate.ts';

/** What happened, not yet committed: the outbox gives it its place (source, sequence, id, time) when it is. */
export interface EventDraft<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly version: number;
  readonly subject: string;
  readonly data: Data;
  /** Set when the contract names its source: the outbox that commits it must be of that source. */
  readonly source?: string;
}

/** The place of an event: what its data does not say. */
export interface EventMeta extends Correlation {
  /** @default the `source` of the contract */
  readonly source?: string;
  /** Position among the events of its source and subject, from 1. */
  readonly sequence: number;
  /** When, in epoch milliseconds or as a Date. */
  readonly time: number | Date;
  /** @default made of source, subject and sequence by `eventId` */
  readonly id?: string;
}

export interface EventDefinition<S extends Schema> {
  /** Raised by one with every change that an older reader could stumble over. */
  readonly version: number;
  /** The id of the aggregate that the event belongs to. */
  subject(data: OutputOf<S>): string;
  /**
   * Schema of the data. It must accept what it makes, after that has been through JSON: the data is checked when it is written and again
   * when it is read.
   */
  readonly data: S;
  /** Who states it. @default the source of the outbox that commits it */
  readonly source?: string;
}

/** One definition for types, validation, routing and documents of one version of one event type. */
export interface EventContract<Type extends string = string, S extends Schema = Schema> {
  readonly type: Type;
  readonly version: number;
  readonly source: string | undefined;
  readonly schema: S;
  readonly dataschema: string;
  /**
   * States that something happened, for `outbox.commit`.
   * @throws ContractError `MILLRACE_CONTRACT_INVALID_DATA`, with every field that is wrong
   */
  draft(data: InputOf<S>): EventDraft<Type, OutputOf<S>>;
  /**
   * Makes the whole envelope. Handlers seldom need it: the outbox does this in `commit`.
   * @throws ContractError `MILLRACE_CONTRACT_INVALID_DATA`; `MILLRACE_CONTRACT_BAD_DEFINITION` when neither the contract nor `meta` has a source
   */
  create(data: InputOf<S>, meta: EventMeta): Envelope<Type, OutputOf<S>>;
  /**
   * Reads an envelope of this type and version.
   * @param value the envelope, or its JSON text
   * @throws ContractError `MILLRACE_CONTRACT_NOT_AN_ENVELOPE`, `_OTHER_TYPE`, `_OTHER_VERSION` or `_INVALID_DATA`
   */
  parse(value: unknown): Envelope<Type, OutputOf<S>>;
  /** Whether the envelope is of this type; says nothing of its version or data. */
  is(envelope: { readonly type: string }): boolean;
}

/** The envelope type of a contract: `EventOf<typeof BookingConfirmed>`. */
export type EventOf<C extends EventContract> = C extends EventContract<infer Type, infer S> ? Envelope<Type, OutputOf<S>> : never;

const TYPE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * Defines one version of an event type.
 *
 * @param type dotted name in the past tense, prefixed with its system: `globalair.booking.confirmed` (EventBridge allows 128 characters)
 * @throws ContractError `MILLRACE_CONTRACT_BAD_DEFINITION` for a type that EventBridge would not take, or a version that is not an integer from 1
 * @example
 * import * as z from 'zod/mini';
 * import { defineEvent } from 'millrace/contracts';
 *
 * export const BookingConfirmed = defineEvent('globalair.booking.confirmed', {
 *   version: 1,
 *   subject: (booking) => booking.bookingId,
 *   data: z.object({ bookingId: z.string(), flightId: z.string(), seats: z.int() }),
 * });
 *
 * BookingConfirmed.draft({ bookingId: 'b-1', flightId: 'f-9', seats: 2 });
 */
export function defineEvent<const Type extends string, S extends Schema>(
  type: Type,
  definition: EventDefinition<S> & SelfAccepting<S>,
): EventContract<Type, S> {
  if (!TYPE_NAME.test(type)) {
    throw badDefinition(`The event type ${JSON.stringify(type)} is not 1 to 128 letters, digits, dots, dashes and underscores.`);
  }
  if (!Number.isInteger(definition.version) || definition.version < 1) {
    throw badDefinition(`The version of ${type} is ${definition.version}; it must be an integer from 1.`);
  }
  const { version, data: schema, source } = definition;
  const dataschema = dataschemaOf(type, version);

  const check = (data: unknown, doing: string): OutputOf<S> => {
    const checked = validate(schema, data);
    if (checked.ok) return checked.value;
    const what = checked.problems.map(({ field, message }) => `${field || 'data'} ${message}`).join('; ');
    throw new ContractError('MILLRACE_CONTRACT_INVALID_DATA', `${doing} ${type} version ${version}: ${what}.`, checked.problems);
  };

  const draft = (data: InputOf<S>): EventDraft<Type, OutputOf<S>> => {
    const valid = check(data, 'Cannot state');
    check(throughJson(valid, type), 'JSON does not carry');
    return { type, version, subject: definition.subject(valid), data: valid, ...(source === undefined ? {} : { source }) };
  };

  return {
    type,
    version,
    source,
    schema,
    dataschema,
    draft,
    create(data, meta) {
      const from = meta.source ?? source;
      if (from === undefined) throw badDefinition(`${type} has no source: give one in defineEvent or to create().`);
      return envelopeOf(draft(data), { ...meta, source: from });
    },
    parse(value) {
      const envelope = parseEnvelope(value);
      if (envelope.type !== type) {
        throw new ContractError('MILLRACE_CONTRACT_OTHER_TYPE', `Event ${envelope.id} is a ${envelope.type}, not a ${type}.`);
      }
      const found = versionOf(envelope.dataschema);
      if (found !== version) {
        throw new ContractError(
          'MILLRACE_CONTRACT_OTHER_VERSION',
          `Event ${envelope.id} has the schema ${envelope.dataschema}; this contract reads ${dataschema}. Add the contract of that version.`,
        );
      }
      return { ...envelope, type, data: check(envelope.data, `Cannot read event ${envelope.id}, a`) };
    },
    is: (envelope) => envelope.type === type,
  };
}

/**
 * Gives a draft its place. Attributes come in the order in which people read them.
 *
 * @throws ContractError `MILLRACE_CONTRACT_INVALID_DATA` when no consumer could read it: its subject is empty, or too long for a key
 */
export function envelopeOf<Type extends string, Data>(
  draft: EventDraft<Type, Data>,
  meta: EventMeta & { readonly source: string },
): Envelope<Type, Data> {
  const problems = keyProblems({ source: meta.source, subject: draft.subject });
  if (problems.length > 0) {
    const what = problems.map(({ field, message }) => `${field} ${message}`).join('; ');
    throw new ContractError('MILLRACE_CONTRACT_INVALID_DATA', `Cannot state ${draft.type}: ${what}.`, problems);
  }
  return {
    specversion: '1.0',
    id: meta.id ?? eventId(meta.source, draft.subject, meta.sequence),
    source: meta.source,
    type: draft.type,
    subject: draft.subject,
    time: new Date(meta.time).toISOString(),
    datacontenttype: 'application/json',
    dataschema: dataschemaOf(draft.type, draft.version),
    sequence: String(meta.sequence),
    sequencetype: 'Integer',
    correlationid: meta.correlationid,
    ...(meta.causationid === undefined ? {} : { causationid: meta.causationid }),
    ...(meta.traceparent === undefined ? {} : { traceparent: meta.traceparent }),
    data: draft.data,
  };
}

/** What a reader gets of it. */
function throughJson(value: unknown, type: string): unknown {
  try {
    // Of undefined there is no JSON: then this throws too.
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ContractError('MILLRACE_CONTRACT_INVALID_DATA', `JSON does not carry the data of ${type}: ${why}.`, [], { cause });
  }
}

/**
 * Refuses, at compile time, a schema that turns its input into something it would not accept itself (a string into a Date): what is
 * written is its output, and the reader validates again.
 */
type SelfAccepting<S extends Schema> = [OutputOf<S>] extends [InputOf<S>]
  ? unknown
  : { readonly data: 'The schema must accept its own output: leave out transforms to another representation.' };

function badDefinition(message: string): ContractError {
  return new ContractError('MILLRACE_CONTRACT_BAD_DEFINITION', message);
}
