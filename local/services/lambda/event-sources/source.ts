import type { InvocationResponse } from '@aws-sdk/client-lambda';
import { AwsError, type Kernel, type PendingWork, type ServiceCall } from '../../../kernel/index.ts';
import type { Functions } from '../functions.ts';
import type { LogStore } from '../logs.ts';
import type { MappingSettings } from './settings.ts';

/** An event source mapping, as its poller sees it. */
export interface Mapping {
  readonly uuid: string;
  readonly arn: string;
  readonly sourceArn: string;
  /** The function as it was named: with its qualifier, where one was given. */
  readonly functionArn: string;
  settings: MappingSettings;
  lastResult: string;
}

/** Reads a source and invokes its function. */
export interface Poller {
  /** Begins, or goes on where it stopped. */
  start(): void;
  /** Takes nothing new; what runs is finished. */
  stop(): void;
  pending(): readonly PendingWork[];
}

/** What pollers work with. */
export interface PollerHost {
  readonly kernel: Kernel;
  readonly functions: Functions;
  readonly logs: LogStore;
}

/** How one invocation with a batch went. */
export type BatchOutcome =
  | { readonly kind: 'answered'; readonly payload: Uint8Array; readonly requestId: string }
  | { readonly kind: 'failed'; readonly executedVersion: string; readonly message: string }
  /** It did not reach the function. */
  | { readonly kind: 'refused'; readonly error: AwsError };

/** Invokes the mapping's function with a batch. */
export async function invokeWithBatch(host: PollerHost, mapping: Mapping, payload: string): Promise<BatchOutcome> {
  let output: InvocationResponse;
  try {
    output = (await host.kernel.call({
      service: 'lambda',
      operation: 'Invoke',
      input: { FunctionName: mapping.functionArn, Payload: Buffer.from(payload) },
      principal: 'lambda.amazonaws.com',
      sourceArn: mapping.arn,
    })) as InvocationResponse;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { kind: 'refused', error };
  }
  const answer = output.Payload ?? new Uint8Array();
  if (output.FunctionError === undefined) {
    mapping.lastResult = 'OK';
    return { kind: 'answered', payload: answer, requestId: '' };
  }
  mapping.lastResult = 'PROBLEM: Function call failed';
  return { kind: 'failed', executedVersion: output.ExecutedVersion ?? '$LATEST', message: Buffer.from(answer).toString() };
}

/** Calls a source in the name of the function's role. */
export function callSource<Output>(host: PollerHost, mapping: Mapping, call: Omit<ServiceCall, 'principal'>): Promise<Output> {
  return host.kernel.call({ ...call, principal: roleOf(host, mapping), sourceArn: mapping.arn }) as Promise<Output>;
}

export function roleOf(host: PollerHost, mapping: Mapping): string {
  return host.functions.resolve(mapping.functionArn).record.latest.role;
}

/** Writes to the function's log what would otherwise pass unseen. */
export function note(host: PollerHost, mapping: Mapping, message: string): void {
  const functionName = mapping.functionArn.split(':')[6] ?? mapping.functionArn;
  host.logs.add({
    time: host.kernel.now(),
    functionName,
    requestId: undefined,
    logGroup: `/aws/lambda/${functionName}`,
    logStream: mapping.uuid,
    level: 'ERROR',
    message: `Event source mapping of ${mapping.sourceArn}: ${message}`,
  });
}

/** Waits on the kernel's clock. */
export function pause(host: PollerHost, ms: number, label: string): Promise<void> {
  return new Promise((resolve) => void host.kernel.after(ms, resolve, { label }));
}
