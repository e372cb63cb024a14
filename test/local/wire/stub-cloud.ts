import { AwsError, Kernel, type ServiceName } from '../../../local/kernel/index.ts';
import { createWire, serveWire, type Wire, type WireServer } from '../../../local/wire/index.ts';

/** A call that reached a service. */
export interface SeenCall {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly principal: string;
}

/** A cloud of one service that answers what it is told to, in real time, served on a port. */
export interface StubCloud {
  readonly kernel: Kernel;
  readonly wire: Wire;
  readonly server: WireServer;
  readonly seen: SeenCall[];
  readonly faults: unknown[];
  /** What the service does with the next calls. */
  answer: (call: SeenCall) => object | Promise<object>;
  stop(): Promise<void>;
}

export async function stubCloud(
  services: readonly ServiceName[],
  principalOf?: (accessKeyId: string) => string | undefined,
): Promise<StubCloud> {
  const kernel = new Kernel({ time: 'real' });
  const seen: SeenCall[] = [];
  const faults: unknown[] = [];
  for (const name of services) {
    kernel.register({
      name,
      invoke(operation, input, { principal }) {
        const call = { operation, input: { ...input }, principal };
        seen.push(call);
        return cloud.answer(call);
      },
    });
  }
  const wire = createWire(kernel, { onFault: (fault) => faults.push(fault), ...(principalOf ? { principalOf } : {}) });
  const server = await serveWire(wire, { port: 0 });
  kernel.start();
  const cloud: StubCloud = {
    kernel,
    wire,
    server,
    seen,
    faults,
    answer: () => {
      throw new AwsError('UnknownOperationException', 'no answer was set');
    },
    async stop() {
      await server.close();
      await kernel.stop();
    },
  };
  return cloud;
}
