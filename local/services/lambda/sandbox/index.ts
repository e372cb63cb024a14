export { codeInDirectory, codeInMemory, type FunctionCode, unzip } from './code.ts';
export {
  type HttpPort,
  type HttpRequest,
  type HttpResponse,
  type LogLevel,
  SandboxError,
  type SandboxHost,
  type TemporaryDirectory,
} from './host.ts';
export { loadProgram, ModuleNotFoundError, type Program, Sandbox } from './sandbox.ts';
export { FunctionTimers } from './timers.ts';
