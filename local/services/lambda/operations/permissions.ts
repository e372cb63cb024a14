import type {
  AddPermissionRequest,
  AddPermissionResponse,
  GetPolicyRequest,
  GetPolicyResponse,
  RemovePermissionRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/index.ts';
import type { Statement } from '../../../kernel/policy/index.ts';
import type { FunctionRecord, PermissionStatement } from '../functions.ts';
import { operation } from './operation.ts';

/** The policy of a function, version or alias, as the statements of a policy document. */
export function policyStatements(policies: FunctionRecord['policies'], qualifier: string, resource: string): Statement[] {
  const statements = policies.get(qualifier === '$LATEST' ? '' : qualifier)?.values() ?? [];
  return [...statements].map((statement) => statementDocument(statement, resource));
}

function statementDocument(statement: PermissionStatement, resource: string): Statement {
  const { principal } = statement;
  const arnLike = statement.sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': statement.sourceArn } };
  const equals: Record<string, string> = {};
  if (statement.sourceAccount !== undefined) equals['AWS:SourceAccount'] = statement.sourceAccount;
  if (statement.functionUrlAuthType !== undefined) equals['lambda:FunctionUrlAuthType'] = statement.functionUrlAuthType;
  const condition = {
    ...arnLike,
    ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}),
    ...(statement.invokedViaFunctionUrl ? { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } : {}),
  };
  return {
    Sid: statement.sid,
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal },
    Action: statement.action,
    Resource: resource,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

const add = operation((lambda, input: AddPermissionRequest): AddPermissionResponse => {
  const { record, qualifier, arn } = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  const sid = input.StatementId ?? '';
  const statements = record.policies.get(qualifier) ?? new Map<string, PermissionStatement>();
  if (statements.has(sid)) {
    const message = `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
    throw new AwsError('ResourceConflictException', message, { status: 409, details: { Type: 'User' } });
  }
  if (!input.Action || !input.Principal) throw new AwsError('InvalidParameterValueException', 'Action and Principal are required.');
  const statement: PermissionStatement = {
    sid,
    action: input.Action,
    principal: input.Principal,
    ...(input.SourceArn === undefined ? {} : { sourceArn: input.SourceArn }),
    ...(input.SourceAccount === undefined ? {} : { sourceAccount: input.SourceAccount }),
    ...(input.EventSourceToken === undefined ? {} : { eventSourceToken: input.EventSourceToken }),
    ...(input.FunctionUrlAuthType === undefined ? {} : { functionUrlAuthType: input.FunctionUrlAuthType }),
    ...(input.InvokedViaFunctionUrl === undefined ? {} : { invokedViaFunctionUrl: String(input.InvokedViaFunctionUrl) === 'true' }),
  };
  statements.set(sid, statement);
  record.policies.set(qualifier, statements);
  return { Statement: JSON.stringify(statementDocument(statement, arn)) };
});

const remove = operation((lambda, input: RemovePermissionRequest): object => {
  const { record, qualifier } = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  if (!record.policies.get(qualifier)?.delete(input.StatementId ?? '')) {
    const message = `Statement ${input.StatementId} is not found in resource policy.`;
    throw new AwsError('ResourceNotFoundException', message, { status: 404, details: { Type: 'User' } });
  }
  return {};
});

const getPolicy = operation((lambda, input: GetPolicyRequest): GetPolicyResponse => {
  const { record, qualifier, arn } = lambda.functions.resolve(input.FunctionName, input.Qualifier);
  const statements = policyStatements(record.policies, qualifier, arn);
  if (statements.length === 0) {
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
      status: 404,
      details: { Type: 'User' },
    });
  }
  const policy = { Version: '2012-10-17', Id: 'default', Statement: statements };
  return { Policy: JSON.stringify(policy), RevisionId: record.latest.revisionId };
});

export const permissionOperations = { AddPermission: add, RemovePermission: remove, GetPolicy: getPolicy };
