import type {
  CreateConnectionRequest,
  CreateConnectionResponse,
  DeleteConnectionRequest,
  DeleteConnectionResponse,
  DescribeConnectionRequest,
  DescribeConnectionResponse,
  ListConnectionsRequest,
  ListConnectionsResponse,
} from '@aws-sdk/client-eventbridge';
import { arn } from '../../kernel/index.ts';
import { alreadyExists, NAME, notFound, validate } from './errors.ts';
import { page } from './page.ts';
import type { EventsScope, Operations } from './scope.ts';
import type { Connection, EventsState } from './state.ts';

function findConnection(state: EventsState, name: string | undefined): Connection {
  const connection = state.connections.get(name ?? '');
  if (!connection) throw notFound(`Failed to describe the connection(s). Connection '${name}' does not exist.`);
  return connection;
}

function createConnection(input: CreateConnectionRequest, { state, kernel }: EventsScope): CreateConnectionResponse {
  validate(
    { at: 'name', value: input.Name, longest: 64, pattern: NAME },
    { at: 'authorizationType', value: input.AuthorizationType, oneOf: ['BASIC', 'OAUTH_CLIENT_CREDENTIALS', 'API_KEY'] },
  );
  const name = input.Name ?? '';
  if (state.connections.has(name)) throw alreadyExists(`Connection ${name} already exists.`);
  const now = new Date(kernel.now());
  const connection: Connection = {
    Name: name,
    ConnectionArn: arn('events', `connection/${name}/${kernel.uuid()}`),
    ConnectionState: 'AUTHORIZED',
    AuthorizationType: input.AuthorizationType,
    CreationTime: now,
    LastModifiedTime: now,
    LastAuthorizedTime: now,
    description: input.Description,
    authParameters: input.AuthParameters,
  };
  state.connections.set(name, connection);
  return { ConnectionArn: connection.ConnectionArn, ConnectionState: 'AUTHORIZED', CreationTime: now, LastModifiedTime: now };
}

function deleteConnection(input: DeleteConnectionRequest, { state }: EventsScope): DeleteConnectionResponse {
  const connection = findConnection(state, input.Name);
  state.connections.delete(connection.Name);
  return { ConnectionArn: connection.ConnectionArn, ConnectionState: 'DELETING' };
}

/** Secrets (passwords, keys, client secrets) are never told again. */
function describeConnection(input: DescribeConnectionRequest, { state }: EventsScope): DescribeConnectionResponse {
  const { description, authParameters, ...summary } = findConnection(state, input.Name);
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: apiKey, InvocationHttpParameters: http } = authParameters ?? {};
  return {
    ...summary,
    SecretArn: arn('secretsmanager', `secret:events!connection/${summary.Name}`),
    ...(description === undefined ? {} : { Description: description }),
    AuthParameters: {
      ...(basic ? { BasicAuthParameters: { Username: basic.Username } } : {}),
      ...(apiKey ? { ApiKeyAuthParameters: { ApiKeyName: apiKey.ApiKeyName } } : {}),
      ...(http ? { InvocationHttpParameters: http } : {}),
    },
  };
}

function listConnections(input: ListConnectionsRequest, { state }: EventsScope): ListConnectionsResponse {
  const connections = [...state.connections.values()].filter(({ Name }) => Name.startsWith(input.NamePrefix ?? ''));
  const { items, nextToken } = page(connections, input.Limit, input.NextToken);
  const Connections = items.map(({ description, authParameters, ...summary }) => summary);
  return { Connections, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export const connectionOperations = {
  CreateConnection: createConnection,
  DeleteConnection: deleteConnection,
  DescribeConnection: describeConnection,
  ListConnections: listConnections,
} satisfies Operations;
