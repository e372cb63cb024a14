import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { ACCOUNT, AwsError, type CallContext, type Service } from '../../kernel/index.ts';

/** AWS STS, as far as a program asks who it is. */
export class StsService implements Service {
  readonly name = 'sts';

  invoke(operation: string, _input: object, { principal }: CallContext): object {
    if (operation !== 'GetCallerIdentity') {
      throw new AwsError('UnknownOperationException', `AWS STS has no operation ${operation} here.`);
    }
    return identityOf(principal);
  }
}

/** Who a principal is: a role is seen as the session that assumed it. */
function identityOf(principal: string): GetCallerIdentityResponse {
  const role = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(principal);
  if (!role) return { UserId: ACCOUNT, Account: ACCOUNT, Arn: principal };
  const [, account = ACCOUNT, name = ''] = role;
  return { UserId: `AROALOCAL:${name}`, Account: account, Arn: `arn:aws:sts::${account}:assumed-role/${name}/${name}` };
}
