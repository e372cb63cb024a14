import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CLIENT_CONFIG } from './client-config.ts';

let client: EventBridgeClient | undefined;

/** The EventBridge client that everything in one function instance shares, made at first use. */
export function eventBridgeClient(): EventBridgeClient {
  client ??= new EventBridgeClient(CLIENT_CONFIG);
  return client;
}
