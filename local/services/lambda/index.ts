export type { InvocationReport } from './execution/invoker.ts';
export { type LogLine, LogStore } from './logs.ts';
export { type HttpPort, type HttpRequest, type HttpResponse, type LogLevel, SandboxError } from './sandbox/index.ts';
export { type LambdaOptions, LambdaService } from './service.ts';
