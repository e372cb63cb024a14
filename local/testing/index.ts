/** For tests of your own stacks: synthesize them for the local cloud, and make things go wrong in it. */
export { deliverTwice, FAULTS, type Fault, type FaultAtWork, type FaultyCalls, injectFault } from './faults.ts';
export { type LocalAssembly, synthesizeLocally } from './synthesize-locally.ts';
