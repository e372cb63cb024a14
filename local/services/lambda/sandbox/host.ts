import type { Random } from '../../../kernel/index.ts';
import type { SdkIdentity, SdkPort } from '../../../sdk/index.ts';
import type { FunctionCode } from './code.ts';
import type { FunctionTimers } from './timers.ts';

/** A request that a function sends with `fetch`, `node:http` or `node:https`. */
export interface HttpRequest {
  readonly method: string;
  /** The whole address: `https://sqs.us-east-1.amazonaws.com/`. */
  readonly url: string;
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** ARN of the function's role, for requests to AWS. */
  readonly principal: string;
  readonly functionName: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | string;
}

/** Answers the requests of functions. */
export type HttpPort = (request: HttpRequest) => Promise<HttpResponse> | HttpResponse;

/** What a function instance is given in place of the machine: everything it can observe or change passes here. */
export interface SandboxHost {
  readonly functionName: string;
  readonly code: FunctionCode;
  readonly env: Readonly<Record<string, string>>;
  readonly random: Random;
  readonly timers: FunctionTimers;
  readonly sdk: SdkPort;
  readonly identity: SdkIdentity;
  now(): number;
  /** Milliseconds since the instance started. */
  elapsed(): number;
  log(level: LogLevel, message: string): void;
  /** Keeps the clock from passing work that Node does elsewhere (files, compression, keys) while it lasts. */
  outside<Value>(label: string, work: Promise<Value>): Promise<Value>;
  http(request: HttpRequest): Promise<HttpResponse>;
  /** The function ends its process. */
  exit(code: number): void;
  /** The directory that the instance sees as `/tmp`; made when first used. */
  readonly temporary: TemporaryDirectory;
}

/** A directory of this machine that is made when it is first asked for. */
export interface TemporaryDirectory {
  /** Undefined as long as nobody asked for it. */
  readonly path: string | undefined;
  make(): string;
}

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** A function tried to leave the local cloud. */
export class SandboxError extends Error {
  readonly code = 'ERR_MILLRACE_SANDBOX';

  constructor(functionName: string, what: string, advice: string) {
    super(`Function '${functionName}' ${what}, which the local cloud does not allow. ${advice}`);
    this.name = 'SandboxError';
  }
}
