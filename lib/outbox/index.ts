/** The transactional outbox. */
export { Outbox } from './outbox.ts';
export type { OutboxProps, RelayProps } from './outbox-props.ts';
