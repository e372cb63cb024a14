import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { AwsError, type CallContext, identityOf, type Service } from '../../kernel/index.ts';

/** AWS STS, as far as a program asks who it is. */
export class StsService implements Service {
  readonly name = 'sts';

  invoke(operation: string, _input: object, { principal }: CallContext): object {
    if (operation !== 'GetCallerIdentity') {
      throw new AwsError('UnknownOperationException', `AWS STS has no operation ${operation} here.`);
    }
    const { userId: UserId, account: Account, arn: Arn } = identityOf(principal);
    return { UserId, Account, Arn } satisfies GetCallerIdentityResponse;
  }
}
