import { JSON_DIALECT, readDocument, writeDocument } from '../codecs/document.ts';
import { utf8 } from '../message.ts';
import type { WriteFailure } from './protocol.ts';
import { bodyOf, restProtocol, writeHeaders } from './rest.ts';
import { failureMembers, parseJson } from './rpc.ts';

const MEDIA_TYPE = 'application/json';

/** REST in JSON: Lambda, EventBridge Scheduler. */
export const restJson = restProtocol({
  mediaType: MEDIA_TYPE,
  requestIdHeader: 'x-amzn-requestid',
  parse: (shape, body) => readDocument(shape, parseJson(body), JSON_DIALECT),
  format: (_exchange, shape, value) => utf8(JSON.stringify(writeDocument(shape, value, JSON_DIALECT))),
});

export const writeRestJsonFailure: WriteFailure = async ({ requestId }, failure) => {
  const headers: Record<string, string> = {
    'content-type': MEDIA_TYPE,
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': failure.name,
  };
  const members = [...(failure.shape?.members.values() ?? [])];
  writeHeaders(members, failure.details, headers);
  const document = failureMembers(failure, JSON_DIALECT);
  const body = failure.shape ? bodyOf(members, document) : document;
  return { status: failure.status, headers, body: utf8(JSON.stringify({ message: failure.message, ...body })) };
};
