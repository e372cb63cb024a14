import type { JsonObject } from '../json.ts';

/** What the optimized integrations add to an answer: the HTTP exchange that it came by. */
export function sdkMetadata(requestId: string, status = 200): JsonObject {
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: { 'x-amzn-RequestId': [requestId] },
      HttpHeaders: { 'x-amzn-RequestId': requestId },
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
