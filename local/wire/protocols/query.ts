import { readQuery } from '../codecs/query.ts';
import { element, escapeXml, writeXmlMembers } from '../codecs/xml-writer.ts';
import { utf8, type WireResponse } from '../message.ts';
import { formOf } from '../route.ts';
import type { Failure } from './failure.ts';
import { findNamed, type Protocol, type WriteFailure } from './protocol.ts';

/** The query protocol: a form in, XML out. */
export const query: Protocol = {
  find: findNamed,

  async read({ entry, request }, { operation }) {
    const input = readQuery(operation.input, formOf(request) ?? new URLSearchParams());
    // SQS's older clients name the queue by the path they post to.
    if (entry.service === 'sqs' && !('QueueUrl' in input) && /^\/\d{12}\/./.test(request.path)) {
      return { ...input, QueueUrl: `http://${request.host}${request.path}` };
    }
    return input;
  },

  async write({ entry, requestId }, { operation }, output) {
    const { name } = operation;
    const members = operation.output.kind === 'structure' ? writeXmlMembers(operation.output, output) : '';
    const result = operation.output.kind === 'structure' ? element(`${name}Result`, members) : '';
    const metadata = element('ResponseMetadata', element('RequestId', requestId));
    return respond(200, `${name}Response`, entry.query?.namespace, result + metadata, requestId);
  },
};

export const writeQueryFailure: WriteFailure = async ({ entry, requestId }, failure) => {
  const content = element('Error', errorMembers(failure)) + element('RequestId', requestId);
  return respond(failure.status, 'ErrorResponse', entry?.query?.namespace, content, requestId);
};

function errorMembers(failure: Failure): string {
  const details = Object.fromEntries(Object.entries(failure.details).filter(([name]) => name.toLowerCase() !== 'message'));
  return (
    element('Type', failure.fault === 'client' ? 'Sender' : 'Receiver') +
    element('Code', escapeXml(failure.queryCode)) +
    element('Message', escapeXml(failure.message)) +
    (failure.shape ? writeXmlMembers(failure.shape, details) : '')
  );
}

function respond(status: number, root: string, namespace: string | undefined, content: string, requestId: string): WireResponse {
  const xmlns = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: utf8(`<?xml version="1.0"?>\n${element(root, content, xmlns)}`),
  };
}
