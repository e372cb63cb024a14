export type { Consumed, DynamoKernel, DynamoOptions } from './database.ts';
export { transactionConflict } from './errors.ts';
export { DynamoDb } from './service.ts';
export { RETENTION_MS } from './streams/change-stream.ts';
export type { DynamoDbStreams } from './streams/service.ts';
