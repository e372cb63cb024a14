import { crc32 } from 'node:zlib';
import type { CatalogueEntry } from '../catalogue.ts';
import { loadCbor } from '../codecs/cbor.ts';
import { type Dialect, JSON_DIALECT, readDocument, writeDocument } from '../codecs/document.ts';
import { isRecord, serializationError } from '../codecs/values.ts';
import { text, utf8, type WireResponse } from '../message.ts';
import type { Flavour } from '../route.ts';
import type { Failure } from './failure.ts';
import { queryErrorHeader } from './failure.ts';
import { findNamed, type Protocol, type WriteFailure } from './protocol.ts';

/** A flavour's way of writing documents. */
interface Format {
  readonly mediaType: string;
  readonly dialect: Dialect;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether errors carry their namespace: `com.amazonaws.sqs#QueueDoesNotExist`. */
  readonly qualified: boolean;
  parse(bytes: Uint8Array): unknown;
  format(value: unknown): Uint8Array;
}

/** awsJson 1.0 and 1.1, Smithy RPC v2 in CBOR and JSON: one document in, one out. */
export const rpc: Protocol = {
  find: findNamed,

  async read({ flavour, request }, { operation }) {
    if (request.body.length === 0) return {};
    const format = await formatOf(flavour);
    const document = format.parse(request.body);
    if (!isRecord(document)) throw serializationError('', 'The request body is not a structure');
    const input = readDocument(operation.input, document, format.dialect);
    return isRecord(input) ? input : {};
  },

  async write({ entry, flavour, requestId }, { operation }, output) {
    const format = await formatOf(flavour);
    // An operation without output has no body at all in RPC v2, and none in the older protocols either.
    const empty = operation.output.kind === 'unit';
    const body = empty ? new Uint8Array(0) : format.format(writeDocument(operation.output, output, format.dialect));
    return respond(format, 200, body, requestId, entry, {});
  },
};

export const writeRpcFailure: WriteFailure = async ({ entry, model, flavour, requestId }, failure) => {
  const format = await formatOf(flavour);
  const namespace = failure.shape?.namespace ?? model?.namespace;
  const type = format.qualified && namespace !== undefined ? `${namespace}#${failure.name}` : failure.name;
  const body = format.format({ __type: type, ...failureMembers(failure, format.dialect) });
  return respond(format, failure.status, body, requestId, entry, {
    'x-amzn-errortype': failure.name,
    ...queryErrorHeader(entry, failure),
  });
};

/** The members of an error: those of its shape, and the text under the name that the shape gives it. */
export function failureMembers(failure: Failure, dialect: Dialect): Record<string, unknown> {
  const { shape, message, details } = failure;
  const name = [...(shape?.members.keys() ?? [])].find((member) => member.toLowerCase() === 'message') ?? 'message';
  if (!shape) return { [name]: message };
  const members = writeDocument(shape, { ...details, [name]: message }, dialect);
  return isRecord(members) ? { [name]: message, ...members } : { [name]: message };
}

async function formatOf(flavour: Flavour): Promise<Format> {
  switch (flavour) {
    case 'cbor-1.1':
    case 'rpc-v2-cbor': {
      const cbor = await loadCbor();
      const v2 = flavour === 'rpc-v2-cbor';
      return {
        mediaType: v2 ? 'application/cbor' : 'application/x-amz-cbor-1.1',
        dialect: v2 ? cbor.seconds : cbor.milliseconds,
        headers: v2 ? { 'smithy-protocol': flavour } : {},
        qualified: v2,
        parse: cbor.parse,
        format: cbor.format,
      };
    }
    case 'rpc-v2-json':
      return { ...JSON_FORMAT, mediaType: 'application/json', headers: { 'smithy-protocol': flavour } };
    case 'json-1.0':
      return JSON_FORMAT;
    default:
      return { ...JSON_FORMAT, mediaType: 'application/x-amz-json-1.1', qualified: false };
  }
}

const JSON_FORMAT: Format = {
  mediaType: 'application/x-amz-json-1.0',
  dialect: JSON_DIALECT,
  headers: {},
  qualified: true,
  parse: parseJson,
  format: (value) => utf8(JSON.stringify(value)),
};

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text(bytes));
  } catch (cause) {
    throw serializationError('', 'The request is not well-formed JSON', cause);
  }
}

function respond(
  format: Format,
  status: number,
  body: Uint8Array,
  requestId: string,
  entry: CatalogueEntry | undefined,
  headers: Readonly<Record<string, string>>,
): WireResponse {
  return {
    status,
    headers: {
      'content-type': format.mediaType,
      'x-amzn-requestid': requestId,
      ...format.headers,
      ...(entry?.crc32 ? { 'x-amz-crc32': String(crc32(body)) } : {}),
      ...headers,
    },
    body,
  };
}
