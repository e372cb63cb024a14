import { SFNClient } from '@aws-sdk/client-sfn';
import { CLIENT_CONFIG } from './client-config.ts';

let client: SFNClient | undefined;

/** The SFN client that everything in one function instance shares, made at first use. */
export function sfnClient(): SFNClient {
  client ??= new SFNClient(CLIENT_CONFIG);
  return client;
}
