import { Stack } from 'aws-cdk-lib';
import { type IGrantable, type IRole, Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroupRef } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, freshName } from '../shared/index.ts';

const TRACES = new PolicyStatement({ actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] });
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
const NETWORK = new PolicyStatement({
  actions: [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ],
  resources: ['*'],
});

/**
 * What has to be allowed on `*` stands apart from what users and constructs grant, so that the reason for it covers nothing else. AWS's managed
 * policies for this would allow every log group of the account as well.
 */
export function makeRole(scope: Construct, id: string, inVpc: boolean): IRole {
  const role = new Role(scope, id, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      Traces: new PolicyDocument({ statements: [TRACES.copy()] }),
      ...(inVpc ? { Network: new PolicyDocument({ statements: [NETWORK.copy()] }) } : {}),
    },
  });
  const { defaultChild } = role.node;
  if (defaultChild) {
    const network = inVpc ? ' Lambda takes the network interfaces of a function in a VPC on * only.' : '';
    acknowledge(defaultChild, { 'AwsSolutions-IAM5[Resource::*]': `X-Ray has no resources to name.${network}` });
  }
  return role;
}

/**
 * Whom to grant what a function's role needs. A role of another stack keeps its own policy: with what is of this stack in it, each of the two
 * stacks would need the other. It is given a policy of this stack.
 */
export function granteeFor(scope: Construct, id: string, role: IRole): IGrantable {
  if (Stack.of(role) === Stack.of(scope)) return role;
  const place = new Construct(scope, id);
  // The CDK's own name for it is the same in every copy of a stack: of policies of one role and name, the last one counts.
  const policy = new Policy(place, 'Policy', { policyName: freshName(place) });
  role.attachInlinePolicy(policy);
  return policy;
}

/** Metrics are lines of the log: without this they are not there, and alarms never fire. */
export function allowLogging({ grantPrincipal }: IGrantable, logGroup: ILogGroupRef): void {
  grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupRef.logGroupArn] }),
  );
}
