import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';

/** Matches every event of a bus, those that other accounts put there too: all have a source. */
export const EVERY_EVENT: EventPattern = { source: Match.prefix('') };
