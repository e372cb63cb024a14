export { type CorsSettings, corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
export { type PayloadFacts, payloadBody, payloadEvent } from './payload-event.ts';
export { type PayloadResponse, payloadResponse } from './payload-response.ts';
export { header, headerLists, type IncomingRequest, type OutgoingResponse, type ParsedRequest, parseRequest } from './request.ts';
export { requestTime } from './request-time.ts';
export { type Signature, signatureOf } from './signature.ts';
export { iamAuthorizer, type Signer } from './signer.ts';
