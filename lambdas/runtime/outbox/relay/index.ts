/** Publishing what outboxes hold: the stream relay and the sweeper. */
export { edgeFromEnvironment } from './edge.ts';
export { PublishedMemory } from './published-memory.ts';
export { type RelayEdge, relayRecords } from './relay-stream.ts';
export { type SweepOptions, type SweepReport, sweep } from './sweep.ts';
