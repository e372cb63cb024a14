import type { Kernel } from '../../kernel/index.ts';

/** Ten characters, as API Gateway makes its ids. */
export function newId(kernel: Kernel): string {
  return BigInt(`0x${kernel.uuid().replaceAll('-', '')}`)
    .toString(36)
    .slice(0, 10);
}
