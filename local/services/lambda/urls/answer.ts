import {
  type CorsSettings,
  corsHeaders,
  type IncomingRequest,
  iamAuthorizer,
  isPreflight,
  type OutgoingResponse,
  type ParsedRequest,
  parseRequest,
  payloadEvent,
  payloadResponse,
  preflightHeaders,
} from '../../../http/index.ts';
import { AwsError, REGION } from '../../../kernel/index.ts';
import type { FunctionUrl, ResolvedFunction } from '../functions.ts';
import { start } from '../operations/invoke.ts';
import { operation } from '../operations/operation.ts';
import type { LambdaState } from '../state.ts';
import { authorizeUrl } from './authorize.ts';

/** Input of `HandleUrlRequest`: an HTTP request to a function's URL. */
export interface UrlRequest extends IncomingRequest {
  /** The first label of the URL's host. */
  readonly urlId: string;
}

const LARGEST_BODY = 6 * 1024 * 1024;

/** Answers a request to a function's URL: always with a response, also when everything is wrong. */
const handle = operation(async (lambda, input: UrlRequest, context): Promise<OutgoingResponse> => {
  const found = findUrl(lambda, input.urlId);
  if (!found) return message(404, null);
  const { url, resolved } = found;
  const request = parseRequest(input);
  const cors = url.cors as CorsSettings | undefined;
  if (cors && isPreflight(request)) return { statusCode: 200, headers: preflightHeaders(cors, request), body: new Uint8Array() };
  const verdict = authorizeUrl(lambda.kernel, resolved, url, request, context);
  const response = verdict.allowed ? await invoke(lambda, found, request, context.requestId, verdict.signer) : message(403, 'Forbidden');
  const headers = { 'x-amzn-requestid': context.requestId, ...response.headers, ...(cors ? corsHeaders(cors, request) : {}) };
  return { ...response, headers };
});

interface FoundUrl {
  readonly url: FunctionUrl;
  readonly resolved: ResolvedFunction;
}

function findUrl({ functions }: LambdaState, urlId: string): FoundUrl | undefined {
  for (const record of functions.all()) {
    for (const [qualifier, url] of record.urls) if (url.id === urlId) return { url, resolved: functions.resolve(record.name, qualifier) };
  }
  return undefined;
}

async function invoke(
  lambda: LambdaState,
  { url, resolved }: FoundUrl,
  request: ParsedRequest,
  requestId: string,
  signer: Parameters<typeof iamAuthorizer>[0] | undefined,
): Promise<OutgoingResponse> {
  if (request.body.length > LARGEST_BODY) return message(413, 'Request Entity Too Large');
  const event = payloadEvent(request, {
    accountId: signer?.account ?? 'anonymous',
    apiId: url.id,
    domainName: `${url.id}.lambda-url.${REGION}.on.aws`,
    rawPath: request.path,
    requestId,
    routeKey: '$default',
    stage: '$default',
    startedAt: lambda.kernel.now(),
    ...(signer === undefined ? {} : { authorizer: iamAuthorizer(signer) }),
  });
  try {
    const outcome = await start(lambda, resolved, Buffer.from(JSON.stringify(event)), requestId);
    const answered = outcome.functionError === undefined ? payloadResponse(outcome.payload) : undefined;
    return answered?.ok ? answered.response : { statusCode: 502, headers: {}, body: Buffer.from('Internal Server Error') };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return message(error.status, error.message);
  }
}

function message(statusCode: number, text: string | null): OutgoingResponse {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ Message: text })) };
}

export const urlRequestOperations = { HandleUrlRequest: handle };
