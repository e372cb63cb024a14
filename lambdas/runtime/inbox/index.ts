export { type ById, type BySequence, byId, bySequence, type InboxStrategy } from './strategy.ts';
export { TransactError, type TransactItem } from './transact.ts';
