export { type ById, type BySequence, byId, bySequence, type InboxStrategy, type InItem, type ItemPlace, inItem } from './strategy.ts';
export { TransactError, type TransactItem } from './transact.ts';
