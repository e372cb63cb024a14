/** Functions with TypeScript handlers. */
export { type BundlingOptions, HandlerFunction, type HandlerFunctionProps, liveOf, SDK_CONTEXT, serviceOf } from './handler-function.ts';
export { type HandlerCode, type ShippedHandlerName, shippedHandler } from './shipped-handler.ts';
