/** The edge of a system. */
export { Api } from './api.ts';
export type { ApiProps, ApiRoute, CorsOptions, Throttle } from './api-props.ts';
