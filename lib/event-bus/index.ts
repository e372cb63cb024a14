/** The event bus and its routes. */
export { EventBus, type Route } from './event-bus.ts';
export type { EventBusProps, RouteOptions } from './event-bus-props.ts';
export { EventLog } from './event-log.ts';
export { type RouteTarget, toBus, toFunction, toQueue, toStateMachine, toStream, toTopic } from './targets.ts';
