import type { PendingWork } from '../../../kernel/index.ts';

/** The event source mappings of the account. */
export class EventSourceMappings {
  pending(): PendingWork[] {
    return [];
  }
}
