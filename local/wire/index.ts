export type { GatewayRequest, GatewayResponse } from './execute-api.ts';
export type { WireRequest, WireResponse } from './message.ts';
export { namesItsEndpoint } from './route.ts';
export { ListenError, type ServeOptions, serveWire, type WireServer } from './server.ts';
export { createWire, type Wire, type WireKernel, type WireOptions } from './wire.ts';
