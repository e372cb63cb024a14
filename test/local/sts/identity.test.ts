import { describe, expect, it } from 'vitest';
import { Kernel } from '../../../local/kernel/index.ts';
import { StsService } from '../../../local/services/sts/index.ts';

describe('STS', () => {
  it('tells who calls: the root, or a role as its session', () => {
    const kernel = new Kernel();
    kernel.register(new StsService());
    const whoAmI = (principal?: string) =>
      kernel.invoke({ service: 'sts', operation: 'GetCallerIdentity', input: {}, ...(principal === undefined ? {} : { principal }) });
    expect(whoAmI()).toEqual({ UserId: '000000000000', Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root' });
    expect(whoAmI('arn:aws:iam::000000000000:role/path/worker')).toMatchObject({
      Account: '000000000000',
      Arn: 'arn:aws:sts::000000000000:assumed-role/worker/worker',
    });
  });
});
