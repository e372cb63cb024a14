/** Contracts of events and routes: one definition for types, validation, routing and documents. */
export { ContractError, type ContractErrorCode, type FieldProblem } from './contract-error.ts';
export { type Correlation, causedBy, isTraceparent } from './correlation.ts';
export { dataschemaOf, type Envelope, eventId, parseEnvelope, sequenceOf, versionOf } from './envelope.ts';
export {
  defineEvent,
  type EventContract,
  type EventDefinition,
  type EventDraft,
  type EventMeta,
  type EventOf,
  envelopeOf,
} from './event.ts';
export { type Line, lineNamed, lineOf, pathOf } from './line.ts';
export {
  type BodyInputOf,
  type BodyOf,
  DEFAULT_MAX_BYTES,
  defineRoute,
  type KeyUse,
  METHODS,
  type Method,
  type PathOf,
  type PathParameters,
  type QueryOf,
  type RouteContract,
  type RouteDefinition,
} from './route.ts';
export { type InputOf, type OutputOf, type Schema, type Validation, validate } from './validate.ts';
