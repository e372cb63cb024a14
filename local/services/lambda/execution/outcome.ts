/** How an invocation ended, as its caller sees it. */
export interface Outcome {
  /** The function's answer, or the JSON of its error. */
  readonly payload: Uint8Array;
  /** Set when the function failed. */
  readonly functionError?: 'Unhandled';
  readonly executedVersion: string;
}

/** The error document of Lambda. */
export interface ErrorDocument {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

const encoder = new TextEncoder();

export function encode(document: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(document === undefined ? null : document));
}

/** What Lambda's Node runtime makes of a value that a handler threw. */
export function errorDocument(thrown: unknown, mapStack: (stack: string) => string = (stack) => stack): ErrorDocument {
  if (!isError(thrown)) {
    return {
      errorType: thrown === null ? 'object' : typeof thrown,
      errorMessage: thrown === undefined ? 'undefined' : String(thrown),
      trace: [],
    };
  }
  const stack = typeof thrown.stack === 'string' ? mapStack(thrown.stack) : '';
  return { errorType: String(thrown.name ?? 'Error'), errorMessage: String(thrown.message), trace: stack.split('\n') };
}

function isError(value: unknown): value is Error {
  return (
    value instanceof Error || (typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value)
  );
}
