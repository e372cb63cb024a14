import { collect } from '../codecs/collect.ts';
import { readText, writeText } from '../codecs/text.ts';
import { isRecord, outputError } from '../codecs/values.ts';
import { EMPTY, text, utf8, type WireResponse } from '../message.ts';
import { matchRest } from '../model/rest-routes.ts';
import type { Member, StructureShape } from '../model/shape.ts';
import { bucketTarget } from '../s3/bucket.ts';
import type { Exchange, Found, Protocol } from './protocol.ts';

/** What REST in JSON and REST in XML do differently: the documents in bodies. */
export interface BodyFormat {
  readonly mediaType: string;
  readonly requestIdHeader: string;
  parse(shape: Member['shape'], body: Uint8Array): unknown;
  /** @param member the member that is the whole body; absent when the body holds several members, then `value` has just those */
  format(exchange: Exchange, shape: StructureShape, value: Readonly<Values>, member?: Member): Uint8Array;
}

type Values = Record<string, unknown>;

/** A protocol whose values travel in path, query, headers and body. */
export function restProtocol(format: BodyFormat): Protocol {
  return {
    find: ({ entry, model, request }) => {
      if (entry.service !== 's3') return matchRest(model, request);
      const { bucket, path } = bucketTarget(request.host, request.path);
      const found = matchRest(model, { ...request, path, among: ({ input }) => isBucketOperation(input) === (bucket !== undefined) });
      return found && bucket !== undefined ? { ...found, labels: { ...found.labels, Bucket: bucket } } : found;
    },
    read: (exchange, found) => readRest(format, exchange, found),
    write: (exchange, found, output) => writeRest(format, exchange, found, output),
  };
}

function isBucketOperation(input: Found['operation']['input']): boolean {
  return input.kind === 'structure' && input.members.get('Bucket')?.traits.httpLabel !== undefined;
}

async function readRest(format: BodyFormat, { request }: Exchange, { operation, labels = {} }: Found): Promise<object> {
  const { input } = operation;
  if (input.kind !== 'structure') return {};
  const values: Values = {};
  const members = [...input.members.values()];
  const payload = members.find(({ traits }) => traits.httpPayload);
  if (payload) readPayload(format, payload, request.body, values);
  else if (request.body.length > 0 && members.some(isBodyMember)) Object.assign(values, format.parse(input, request.body));

  for (const member of members) {
    const { name, shape, traits } = member;
    const { httpQuery, httpHeader, httpPrefixHeaders } = traits;
    if (traits.httpLabel !== undefined) {
      const label = labels[name];
      if (label !== undefined) values[name] = readText(shape, label, name);
    } else if (typeof httpQuery === 'string' && request.query.has(httpQuery)) {
      const given = request.query.getAll(httpQuery);
      values[name] =
        shape.kind === 'list' ? given.map((item) => readText(shape.item.shape, item, name)) : readText(shape, given[0] ?? '', name);
    } else if (typeof httpHeader === 'string') {
      const header = request.headers[httpHeader.toLowerCase()];
      if (header !== undefined && header !== '') values[name] = readText(shape, header, name);
    } else if (typeof httpPrefixHeaders === 'string') {
      const found = Object.entries(request.headers).filter(([header]) => header.startsWith(httpPrefixHeaders));
      if (found.length > 0)
        values[name] = Object.fromEntries(found.map(([header, value]) => [header.slice(httpPrefixHeaders.length), value]));
    }
  }
  return values;
}

function readPayload(format: BodyFormat, { name, shape }: Member, body: Uint8Array, values: Values): void {
  if (shape.kind === 'blob') {
    if (shape.streaming || body.length > 0) values[name] = body;
  } else if (shape.kind === 'string') {
    if (body.length > 0) values[name] = text(body);
  } else if (body.length > 0) {
    values[name] = format.parse(shape, body);
  }
}

async function writeRest(format: BodyFormat, exchange: Exchange, { operation }: Found, output: object): Promise<WireResponse> {
  const headers: Record<string, string> = { [format.requestIdHeader]: exchange.requestId };
  const http = operation.traits.http;
  let status = Array.isArray(http) && typeof http[2] === 'number' ? http[2] : 200;
  if (operation.output.kind !== 'structure' || !isRecord(output)) return { status, headers, body: EMPTY };

  const members = [...operation.output.members.values()];
  const code = members.find(({ traits }) => traits.httpResponseCode);
  const given = code && output[code.name];
  if (typeof given === 'number') status = given;
  // S3 tells a part of an object by the status too; its model has 200 alone.
  else if (exchange.entry.service === 's3' && output.ContentRange !== undefined) status = 206;
  const payload = members.find(({ traits }) => traits.httpPayload);
  let body: Uint8Array = EMPTY;
  if (payload) {
    const value = output[payload.name];
    if (value !== undefined && value !== null) {
      headers['content-type'] =
        payload.shape.kind === 'blob' ? 'application/octet-stream' : payload.shape.kind === 'string' ? 'text/plain' : format.mediaType;
      body = await writePayload(format, exchange, payload, value);
    }
  } else if (members.some(isBodyMember)) {
    headers['content-type'] = format.mediaType;
    body = format.format(exchange, operation.output, bodyOf(members, output));
  }
  writeHeaders(members, output, headers);
  return { status, headers, body };
}

async function writePayload(format: BodyFormat, exchange: Exchange, member: Member, value: unknown): Promise<Uint8Array> {
  const { name, shape } = member;
  if (shape.kind === 'blob') return collect(value, name);
  if (shape.kind === 'string') return utf8(String(value));
  if (shape.kind !== 'structure' || !isRecord(value)) throw outputError(name, 'a structure', value);
  return format.format(exchange, shape, value, member);
}

/** The values that travel in the body. */
export function bodyOf(members: readonly Member[], values: Readonly<Values>): Values {
  return Object.fromEntries(members.filter(isBodyMember).map(({ name }) => [name, values[name]]));
}

/** Sets the headers that members are bound to. */
export function writeHeaders(members: Iterable<Member>, values: Readonly<Values>, headers: Record<string, string>): void {
  for (const { name, shape, traits } of members) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    const { httpHeader, httpPrefixHeaders } = traits;
    if (typeof httpHeader === 'string') headers[httpHeader.toLowerCase()] = writeText(shape, value, name);
    else if (typeof httpPrefixHeaders === 'string' && isRecord(value)) {
      for (const [key, entry] of Object.entries(value)) headers[`${httpPrefixHeaders}${key}`.toLowerCase()] = String(entry);
    }
  }
}

/** Whether a member travels in the body, beside others. */
export function isBodyMember({ traits }: Member): boolean {
  return !(
    traits.httpLabel ||
    traits.httpQuery ||
    traits.httpQueryParams ||
    traits.httpHeader ||
    traits.httpPrefixHeaders ||
    traits.httpPayload ||
    traits.httpResponseCode
  );
}
