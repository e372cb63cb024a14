import { ContractError, type FieldProblem } from './contract-error.ts';
import type { Correlation } from './correlation.ts';
import { keyProblems, pathOf } from './line.ts';

/**
 * An event as it travels: CloudEvents 1.0 in JSON (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), with the published
 * extensions *sequence* and *distributed tracing*, and the correlation and causation ids. The same JSON is the detail of an EventBridge
 * event, the body of an SNS or SQS message and the data of a Kinesis record.
 */
export interface Envelope<Type extends string = string, Data = unknown> extends Correlation {
  readonly specversion: '1.0';
  /** Unique within its source, and the same whenever the same commit is repeated: `<source>/<subject>/<sequence>`, see {@link eventId}. */
  readonly id: string;
  /** Who states it: `globalair.bookings`. The Source of the EventBridge event. */
  readonly source: string;
  /** What happened: `globalair.booking.confirmed`. The DetailType of the EventBridge event. */
  readonly type: Type;
  /** What it happened to: the id of the aggregate. Events of one source and subject are ordered by `sequence`. */
  readonly subject: string;
  /** When it was committed, RFC 3339 in UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Names the contract and its version: `urn:millrace:globalair.booking.confirmed:1`. */
  readonly dataschema: string;
  /** Position among the events of this source and subject: an integer in a string, from "1", without gaps. */
  readonly sequence: string;
  readonly sequencetype: 'Integer';
  readonly data: Data;
}

const SCHEMA_PREFIX = 'urn:millrace:';

/** The `dataschema` of version `version` of the event type `type`. */
export function dataschemaOf(type: string, version: number): string {
  return `${SCHEMA_PREFIX}${type}:${version}`;
}

/** The version in a `dataschema`, or undefined when this kit did not write it. */
export function versionOf(dataschema: string): number | undefined {
  const version = /^urn:millrace:.+:(\d+)$/.exec(dataschema)?.[1];
  return version === undefined ? undefined : Number(version);
}

/**
 * The id of the event at `sequence`: a pure function of its place, so that repeating a commit repeats the id. Different places have
 * different ids: in source and subject, `/` becomes `%2F` and `%` becomes `%25`.
 */
export function eventId(source: string, subject: string, sequence: number): string {
  return pathOf(source, subject, String(sequence));
}

/** The sequence of an envelope as a number. */
export function sequenceOf(envelope: Pick<Envelope, 'sequence'>): number {
  return Number(envelope.sequence);
}

const TEXTS = ['id', 'source', 'type', 'subject', 'time', 'dataschema', 'sequence', 'correlationid'] as const;
const OPTIONAL_TEXTS = ['causationid', 'traceparent'] as const;

/**
 * Reads an envelope: its attributes only; its data is the business of the contract ({@link EventContract.parse}).
 *
 * @param value the JSON text, or what was parsed from it
 * @throws ContractError `MILLRACE_CONTRACT_NOT_AN_ENVELOPE`, with every attribute that is missing or wrong
 */
export function parseEnvelope(value: unknown): Envelope {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  const problems = envelopeProblems(parsed);
  if (problems.length === 0) return parsed as Envelope;
  throw new ContractError(
    'MILLRACE_CONTRACT_NOT_AN_ENVELOPE',
    `Not an event envelope (CloudEvents 1.0 JSON): ${problems.map(({ field, message }) => `${field} ${message}`.trim()).join('; ')}.`,
    problems,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ContractError(
      'MILLRACE_CONTRACT_NOT_AN_ENVELOPE',
      `Not an event envelope: the text is not JSON (${cause instanceof Error ? cause.message : String(cause)}).`,
      [],
      { cause },
    );
  }
}

function envelopeProblems(value: unknown): FieldProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ field: '', message: 'must be an object' }];
  const attributes = value as Record<string, unknown>;
  const problems: FieldProblem[] = [];
  if (attributes.specversion !== '1.0') problems.push({ field: 'specversion', message: 'must be "1.0"' });
  for (const field of TEXTS) {
    if (typeof attributes[field] !== 'string' || attributes[field] === '') problems.push({ field, message: 'must be a non-empty string' });
  }
  for (const field of OPTIONAL_TEXTS) {
    if (attributes[field] !== undefined && typeof attributes[field] !== 'string') problems.push({ field, message: 'must be a string' });
  }
  if (typeof attributes.time === 'string' && Number.isNaN(Date.parse(attributes.time))) {
    problems.push({ field: 'time', message: 'must be an RFC 3339 time' });
  }
  if (typeof attributes.sequence === 'string' && attributes.sequence !== '' && !isSequence(attributes.sequence)) {
    problems.push({ field: 'sequence', message: 'must be an integer from "1", in a string' });
  }
  if (problems.length === 0) problems.push(...keyProblems(attributes as unknown as Envelope));
  if (!('data' in attributes)) problems.push({ field: 'data', message: 'is missing' });
  return problems;
}

function isSequence(text: string): boolean {
  return /^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text));
}
