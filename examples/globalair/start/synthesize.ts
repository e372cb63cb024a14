import { type LocalAssembly, synthesizeLocally } from 'millrace/testing';
import { GlobalAirStack } from '../stack.ts';

/** Synthesizes GlobalAir for the local cloud. */
export function synthesize(): LocalAssembly {
  return synthesizeLocally((app) => new GlobalAirStack(app, 'GlobalAir'));
}
