export { BlobPayload } from './bodies.ts';
export { type ConnectOptions, connect, type SdkClient } from './connect.ts';
export { isSdkModule, type SdkIdentity, sdkModule } from './modules.ts';
export { kernelPort, type SdkPort } from './port.ts';
export { type SdkModule, sdkService } from './services.ts';
