import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Log } from '../context/index.ts';
import type { Entry } from './entry.ts';
import type { Generation } from './layout.ts';
import type { Once } from './once.ts';
import type { ProjectionRule } from './project.ts';

/** What projecting one batch needs. */
export interface ProjectionParts {
  readonly name: string;
  /** Owner of its entries in the parking table. */
  readonly owner: string;
  readonly rules: readonly ProjectionRule[];
  readonly once: Once;
  readonly gaps: 'hold' | 'ignore';
  readonly poison: 'stop-subject' | 'skip';
  readonly generation: Generation;
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly parkingTable: string;
  readonly maxReceives: number;
  readonly log: Log;
  remainingMs(): number;
}

/** What became of a batch. */
export interface BatchResult {
  /** Comes again after so many seconds (from a queue), or from here on (from a stream). */
  readonly again: ReadonlyMap<Entry, number>;
  readonly counts: Readonly<Record<string, number>>;
}
