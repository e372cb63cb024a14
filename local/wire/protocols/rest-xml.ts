import { readXml } from '../codecs/xml-reader.ts';
import { element, escapeXml, writeXml, writeXmlMembers } from '../codecs/xml-writer.ts';
import { EMPTY, text, utf8 } from '../message.ts';
import type { StructureShape } from '../model/shape.ts';
import type { Failure } from './failure.ts';
import type { WriteFailure } from './protocol.ts';
import { isBodyMember, restProtocol } from './rest.ts';

const MEDIA_TYPE = 'application/xml';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** REST in XML: S3. */
export const restXml = restProtocol({
  mediaType: MEDIA_TYPE,
  requestIdHeader: 'x-amz-request-id',
  parse: (shape, body) => readXml(shape, text(body)),
  format: ({ entry }, shape, value, member) => {
    const attributes = entry.xmlNamespace === undefined ? '' : ` xmlns="${entry.xmlNamespace}"`;
    const own = shape.traits.xmlName;
    const root = member?.xmlName ?? (typeof own === 'string' ? own : shape.name);
    if (!member && isUnwrapped(shape, root)) return utf8(DECLARATION + element(root, escapeXml(String(value[root] ?? '')), attributes));
    return utf8(DECLARATION + writeXml({ shape, traits: member?.traits ?? {} }, root, value, '', attributes));
  },
});

/** `GetBucketLocation` answers one bare element, named as its only member. */
function isUnwrapped(shape: StructureShape, root: string): boolean {
  const members = [...shape.members.values()].filter(isBodyMember);
  return members.length === 1 && members[0]?.name === root && members[0].shape.kind === 'string';
}

export const writeRestXmlFailure: WriteFailure = async ({ method, requestId }, failure) => {
  // HEAD has no body, and "not modified" must not have one.
  const bare = method === 'HEAD' || failure.status === 304;
  return {
    status: failure.status,
    headers: {
      'x-amz-request-id': requestId,
      // Not sent by S3, but lets a client tell errors of HEAD requests apart.
      'x-amzn-errortype': failure.name,
      ...(bare ? {} : { 'content-type': MEDIA_TYPE }),
    },
    body: bare ? EMPTY : utf8(DECLARATION + element('Error', errorMembers(failure, requestId))),
  };
};

function errorMembers(failure: Failure, requestId: string): string {
  const modelled = failure.shape ? writeXmlMembers(failure.shape, failure.details) : '';
  // S3's errors carry members that its model does not list: the key, the bucket, the condition that failed.
  const others = Object.entries(failure.details).filter(([name, value]) => !failure.shape?.members.has(name) && typeof value === 'string');
  return (
    element('Code', escapeXml(failure.name)) +
    element('Message', escapeXml(failure.message)) +
    modelled +
    others.map(([name, value]) => element(name, escapeXml(String(value)))).join('') +
    element('RequestId', requestId)
  );
}
