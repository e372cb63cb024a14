import { sagaStarter } from '../../runtime/saga/starter.ts';

/** Starts a saga for each event of its queue. */
export const handler = sagaStarter();
