import { Annotations, Stack } from 'aws-cdk-lib';
import type { AddToResourcePolicyResult, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** A queue, topic or key: something that says itself who may use it. */
export interface PolicyOwner extends IConstruct {
  addToResourcePolicy(statement: PolicyStatement): AddToResourcePolicyResult;
}

/** Id of the warning, by which it is acknowledged: `Annotations.of(key).acknowledgeWarning(POLICY_WARNING)`. */
export const POLICY_WARNING = 'millrace:policy-of-imported-resource';

/**
 * Adds a statement to a resource's own policy. The CDK cannot do that for a resource that is imported, and says nothing: here it is a warning
 * with the statement, to be acknowledged by whoever has seen to it.
 */
export function allowBy(resource: PolicyOwner, statement: PolicyStatement): AddToResourcePolicyResult {
  const added = resource.addToResourcePolicy(statement);
  if (!added.statementAdded) {
    Annotations.of(resource).addWarningV2(
      POLICY_WARNING,
      `${resource.node.path} is imported, so its policy cannot be changed here. Unless the policy where it is defined has this statement, ` +
        `what needs it fails silently: ${JSON.stringify(Stack.of(resource).resolve(statement.toStatementJson()))}`,
    );
  }
  return added;
}
