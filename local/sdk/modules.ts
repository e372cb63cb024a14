import { connect, type SdkClient } from './connect.ts';
import type { SdkPort } from './port.ts';
import { loadSdkModule, type SdkModule } from './services.ts';

/** Who the clients of a module call as, and where they find their configuration. */
export interface SdkIdentity {
  readonly principal: string;
  readonly region: string;
  readonly maxAttempts?: number;
}

type ClientClass = new (configuration?: object) => SdkClient;

const clientClasses = new Map<string, readonly string[]>();

/** Whether `specifier` names a package of the AWS SDK that functions may load from the runtime. */
export function isSdkModule(specifier: string): boolean {
  return /^@(aws-sdk|smithy|aws-crypto)\//.test(specifier);
}

/**
 * A package of the AWS SDK as a function instance sees it: clients it makes answer in process through `port`. Everything
 * else (commands, exceptions, `lib-dynamodb`, `util-dynamodb`) is the package itself.
 */
export function sdkModule(specifier: string, port: SdkPort, identity: SdkIdentity): SdkModule {
  const module = loadSdkModule(specifier);
  const names = clientClassNames(specifier, module);
  if (names.length === 0) return module;
  const view: Record<string, unknown> = { ...module };
  for (const name of names) view[name] = connectedClass(module[name] as ClientClass, name, port, identity);
  return view;
}

function clientClassNames(specifier: string, module: SdkModule): readonly string[] {
  let names = clientClasses.get(specifier);
  if (!names) {
    names = specifier.startsWith('@aws-sdk/client-') ? Object.keys(module).filter((name) => isClientClass(name, module[name])) : [];
    clientClasses.set(specifier, names);
  }
  return names;
}

/** A client, or the aggregated client (`SQS` beside `SQSClient`); `__Client` is the base of them all. */
function isClientClass(name: string, value: unknown): boolean {
  if (typeof value !== 'function' || name.startsWith('__')) return false;
  const prototype: unknown = value.prototype;
  return typeof prototype === 'object' && prototype !== null && 'send' in prototype && 'destroy' in prototype;
}

function connectedClass(Base: ClientClass, name: string, port: SdkPort, identity: SdkIdentity): ClientClass {
  const Connected = class extends Base {
    constructor(configuration: object = {}) {
      // What the SDK thinks of this machine's Node says nothing about the function's runtime.
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
      super({
        region: identity.region,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        ...configuration,
      });
      const maxAttempts = (configuration as { maxAttempts?: unknown }).maxAttempts ?? identity.maxAttempts;
      connect(this, port, identity.principal, typeof maxAttempts === 'number' ? { maxAttempts } : {});
    }
  };
  Object.defineProperty(Connected, 'name', { value: name });
  return Connected;
}
