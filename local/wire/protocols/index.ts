import type { WireResponse } from '../message.ts';
import type { Flavour } from '../route.ts';
import type { Failure } from './failure.ts';
import type { FailureContext, Protocol } from './protocol.ts';
import { query, writeQueryFailure } from './query.ts';
import { restJson, writeRestJsonFailure } from './rest-json.ts';
import { restXml, writeRestXmlFailure } from './rest-xml.ts';
import { rpc, writeRpcFailure } from './rpc.ts';

export function protocolOf(flavour: Flavour): Protocol {
  switch (flavour) {
    case 'query':
      return query;
    case 'rest-json':
      return restJson;
    case 'rest-xml':
      return restXml;
    default:
      return rpc;
  }
}

export function writeFailure(context: FailureContext, failure: Failure): Promise<WireResponse> {
  switch (context.flavour) {
    case 'query':
      return writeQueryFailure(context, failure);
    case 'rest-json':
      return writeRestJsonFailure(context, failure);
    case 'rest-xml':
      return writeRestXmlFailure(context, failure);
    default:
      return writeRpcFailure(context, failure);
  }
}

export { type Failure, failureOf, lacking } from './failure.ts';
export type { Exchange, FailureContext, Found, Protocol } from './protocol.ts';
