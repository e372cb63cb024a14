import { ACCOUNT } from './service.ts';

/** Who a principal is, as AWS tells callers and those they call. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  /** The account of its root; of a role, the role's id and the session's name. */
  readonly userId: string;
}

/** A role is seen as the session that assumed it. */
export function identityOf(principal: string): CallerIdentity {
  const role = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(principal);
  if (!role) return { account: ACCOUNT, arn: principal, userId: ACCOUNT };
  const [, account = ACCOUNT, name = ''] = role;
  return { account, arn: `arn:aws:sts::${account}:assumed-role/${name}/${name}`, userId: `AROALOCAL:${name}` };
}
