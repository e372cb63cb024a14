export type { HttpPort, HttpRequest } from './api-destination-request.ts';
export { type EventsOptions, EventsService } from './events-service.ts';
export type { Undelivered, UndeliveredEvent } from './undelivered.ts';
