export { type AccessLine, AccessLog } from './access-log.ts';
export { ApiGatewayService } from './apigateway-service.ts';
export type { OutgoingRequest, OutgoingResponse } from './integrations/integration.ts';
export type { GatewayRequest, GatewayResponse } from './request.ts';
