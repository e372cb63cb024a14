import type { Kernel, ServiceCall } from '../kernel/index.ts';

/** What a client of the AWS SDK needs of the world: a way to make calls, to wait, and randomness for its backoff. */
export interface SdkPort {
  call(call: ServiceCall): Promise<object>;
  sleep(ms: number): Promise<void>;
  random(): number;
}

/** The port of code outside any function, such as a test. */
export function kernelPort(kernel: Kernel): SdkPort {
  return {
    call: (call) => kernel.call(call),
    sleep: (ms) => new Promise((resolve) => kernel.after(ms, resolve, { label: 'SDK retry' })),
    random: () => kernel.random(),
  };
}
