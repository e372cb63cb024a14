import type { Kernel } from '../../kernel/index.ts';

/** A new X-Ray trace header, as `_X_AMZN_TRACE_ID` carries it. */
export function traceHeader(kernel: Kernel): string {
  const id = kernel.uuid().replaceAll('-', '');
  const time = Math.floor(kernel.now() / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${time}-${id.slice(0, 24)};Parent=${kernel.uuid().replaceAll('-', '').slice(0, 16)};Sampled=1`;
}
