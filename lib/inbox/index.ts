/** What consumers have handled. */
export { InboxTable, type InboxTableProps } from './inbox-table.ts';
