import { AwsError, type CallContext } from '../../kernel/index.ts';
import type { PermissionStatement, ResolvedFunction } from './functions.ts';

/**
 * Whether a function's resource policy lets this caller invoke it. AWS services need a statement; roles of this account
 * act by their own policies, and the service itself serves its event source mappings.
 *
 * @throws AwsError `AccessDeniedException`
 */
export function checkInvokePermission(resolved: ResolvedFunction, context: CallContext): void {
  const { principal } = context;
  if (!principal.endsWith('.amazonaws.com') || principal === 'lambda.amazonaws.com') return;
  const statements = resolved.record.policies.get(resolved.qualifier === '$LATEST' ? '' : resolved.qualifier);
  for (const statement of statements?.values() ?? []) if (allows(statement, context)) return;
  const reason = context.sourceArn ? ` for ${context.sourceArn}` : '';
  throw new AwsError(
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: lambda:InvokeFunction on resource: ${resolved.arn}${reason} because no resource-based policy allows the lambda:InvokeFunction action`,
    { status: 403 },
  );
}

function allows(statement: PermissionStatement, context: CallContext): boolean {
  if (!['lambda:InvokeFunction', 'lambda:*', '*'].includes(statement.action)) return false;
  if (statement.invokedViaFunctionUrl) return false;
  if (statement.principal !== '*' && statement.principal !== context.principal) return false;
  const { sourceArn } = context;
  if (statement.sourceArn !== undefined && (sourceArn === undefined || !arnLike(statement.sourceArn, sourceArn))) return false;
  // Bucket ARNs carry no account.
  const account = sourceArn?.split(':')[4];
  return statement.sourceAccount === undefined || !account || statement.sourceAccount === account;
}

/** `ArnLike`: `*` and `?` within the parts of an ARN; the last part may span colons. */
export function arnLike(pattern: string, arn: string): boolean {
  const source = [...pattern]
    .map((char) => (char === '*' ? '.*' : char === '?' ? '.' : char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 's').test(arn);
}
