import { type IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroupRef } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from '../shared/index.ts';

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

/** Metrics are lines of the log: without this they are not there, and alarms never fire. */
export function allowLogging(role: IRole, logGroup: ILogGroupRef): void {
  role.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupRef.logGroupArn] }),
  );
}
