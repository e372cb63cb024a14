import { expect, it } from 'vitest';
import { consumer, projection } from '../../../lambdas/runtime/index.ts';
import { lambdaContext } from './cloud.ts';

it.each([
  ['consumer()', consumer({ on: [], name: 'ledger' })],
  ['projection()', projection({ on: [], name: 'board' })],
] as const)('%s says so when what it got is no batch', async (what, handler) => {
  for (const event of [{ key1: 'value1' }, { Records: 'none' }, null, 'text']) {
    const { message, code } = await handler(event as never, lambdaContext).then(
      () => ({ message: 'none', code: 'none' }),
      (error: Error & { code: string }) => error,
    );
    expect(message.startsWith(`${what} takes `) && message.includes('this event has no Records')).toBe(true);
    expect(code).toBe('MILLRACE_WRONG_EVENT');
  }
});
