import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../kernel/index.ts';
import type { BusEvent } from './bus-event.ts';
import { followPath, parseJsonPath } from './json-path.ts';
import type { EventsScope } from './scope.ts';
import type { ApiDestination, Connection } from './state.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Reaches the world outside for API destinations: answers with the HTTP status, rejects when there is no connection. */
export type HttpPort = (request: HttpRequest) => Promise<{ readonly status: number }>;

/** Sends a payload to an API destination; rejects with an error that says whether another attempt may help. */
export async function callApiDestination(target: Target, payload: string, event: BusEvent, scope: EventsScope): Promise<void> {
  const { http, kernel, state } = scope;
  const name = target.Arn?.split('/')[1] ?? '';
  const destination = state.destinations.get(name);
  if (!destination)
    throw new AwsError(
      'ResourceNotFoundException',
      `Failed to describe the api-destination(s). An api-destination '${name}' does not exist.`,
    );
  const connection = [...state.connections.values()].find(({ ConnectionArn }) => ConnectionArn === destination.connectionArn);
  if (!connection) throw new AwsError('ResourceNotFoundException', `The connection ${destination.connectionArn} does not exist.`);
  if (!http) {
    throw new AwsError(
      'UnsupportedOperation',
      `The local cloud was given no way to reach ${destination.endpoint}: pass an http port to it.`,
    );
  }
  const hold = kernel.hold(`API destination ${name}`);
  let status: number;
  try {
    ({ status } = await http(makeRequest(target, destination, connection, payload, event)));
  } catch (cause) {
    throw new AwsError('ConnectionFailure', `No connection to ${destination.endpoint}.`, { fault: 'server', cause });
  } finally {
    hold.release();
  }
  if (status >= 200 && status < 300) return;
  // AWS retries 401, 407, 409, 429 and 5xx.
  const retriable = status >= 500 || [401, 407, 409, 429].includes(status);
  const code = status === 429 ? 'ThrottlingException' : 'ErrorFromTarget';
  throw new AwsError(
    code,
    `The API destination answered ${status}.`,
    retriable ? { status: Math.max(status, 500), fault: 'server' } : { status },
  );
}

function makeRequest(target: Target, destination: ApiDestination, connection: Connection, payload: string, event: BusEvent): HttpRequest {
  const extra = target.HttpParameters ?? {};
  const resolve = (value: string): string => {
    const path = value.startsWith('$.') ? parseJsonPath(value) : undefined;
    const found = path && followPath(path, event.value);
    return path ? (typeof found === 'string' ? found : JSON.stringify(found ?? '')) : value;
  };
  const given = connection.authParameters?.InvocationHttpParameters;
  const pairs = (list: { Key?: string | undefined; Value?: string | undefined }[] | undefined): [string, string][] =>
    (list ?? []).map(({ Key = '', Value = '' }) => [Key, Value]);
  const pathValues = [...(extra.PathParameterValues ?? [])];
  const url = new URL(destination.endpoint.replace(/\*/g, () => encodeURIComponent(resolve(pathValues.shift() ?? ''))));
  const query = [...Object.entries(extra.QueryStringParameters ?? {}), ...pairs(given?.QueryStringParameters)];
  for (const [key, value] of query) url.searchParams.append(key, resolve(value));
  const headers = Object.fromEntries([
    ['content-type', 'application/json; charset=utf-8'],
    ['user-agent', 'Amazon/EventBridge/ApiDestinations'],
    ...Object.entries(extra.HeaderParameters ?? {}).map(([key, value]) => [key, resolve(value)]),
    ...pairs(given?.HeaderParameters),
    ...authorization(connection),
  ]) as Record<string, string>;
  return { method: destination.method, url: url.toString(), headers, body: payload };
}

function authorization({ authParameters }: Connection): [string, string][] {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: apiKey } = authParameters ?? {};
  if (basic) return [['authorization', `Basic ${Buffer.from(`${basic.Username}:${basic.Password}`).toString('base64')}`]];
  return apiKey?.ApiKeyName ? [[apiKey.ApiKeyName, apiKey.ApiKeyValue ?? '']] : [];
}
