import type { CallerIdentity } from '../kernel/index.ts';

/** A caller that is known to IAM by its signature. */
export interface Signer extends CallerIdentity {
  readonly accessKeyId: string;
}

/** The signer as the events of functions name it. */
export function iamAuthorizer({ accessKeyId: accessKey, account: accountId, arn: userArn, userId }: Signer): object {
  return { iam: { accessKey, accountId, callerId: userId, cognitoIdentity: null, principalOrgId: null, userArn, userId } };
}
