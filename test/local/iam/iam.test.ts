import { App, Stack } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { LocalCloud } from '../../../local/index.ts';
import { IamService } from '../../../local/services/iam/index.ts';

const context = { principal: 'arn:aws:iam::000000000000:root', requestId: 'r' };

describe('roles', () => {
  it('have the statements of all policies that a template gives them', async () => {
    const app = new App({ analyticsReporting: false });
    const stack = new Stack(app, 'Test');
    const statement = (action: string) =>
      new PolicyStatement({ actions: [action], resources: ['arn:aws:sqs:us-east-1:000000000000:jobs'] });
    const role = new Role(stack, 'Role', {
      roleName: 'worker',
      path: '/service/',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole'),
        new ManagedPolicy(stack, 'Own', { statements: [statement('sqs:DeleteMessage')] }),
      ],
    });
    role.addToPolicy(statement('sqs:ReceiveMessage'));
    const cloud = await LocalCloud.fromApp(app);
    const statements = cloud.services.iam.statementsOf('arn:aws:iam::000000000000:role/service/worker');
    expect(statements?.map(({ Action: action }) => action)).toEqual([
      'sqs:ReceiveMessage',
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      'sqs:DeleteMessage',
    ]);
    expect(cloud.services.iam.trustOf('arn:aws:iam::000000000000:role/service/worker')).toMatchObject([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
    ]);
  });

  it('that are not there have no statements at all', () => {
    const iam = new IamService();
    expect(iam.statementsOf('arn:aws:iam::000000000000:role/nobody')).toBeUndefined();
    iam.invoke('CreateRole', { RoleName: 'somebody', AssumeRolePolicyDocument: { Statement: [] } }, context);
    expect(iam.statementsOf('arn:aws:iam::000000000000:role/somebody')).toEqual([]);
  });

  it('refuse policies that are malformed or unknown', () => {
    const iam = new IamService();
    const create = (name: string) => iam.invoke('CreateRole', { RoleName: name, AssumeRolePolicyDocument: { Statement: [] } }, context);
    create('a');
    expect(() => create('a')).toThrow(/already exists/);
    const PolicyDocument = { Statement: [{ Effect: Effect.ALLOW, Resource: '*' }] };
    expect(() => iam.invoke('PutRolePolicy', { RoleName: 'a', PolicyName: 'p', PolicyDocument }, context)).toThrow(
      /neither Action nor NotAction/,
    );
    const PolicyArn = 'arn:aws:iam::aws:policy/SomethingNew';
    expect(() => iam.invoke('AttachRolePolicy', { RoleName: 'a', PolicyArn }, context)).toThrow(
      /SomethingNew.*does not know what this policy of AWS's allows/,
    );
    expect(() => iam.invoke('PutRolePolicy', { RoleName: 'b', PolicyName: 'p', PolicyDocument }, context)).toThrow(/b cannot be found/);
  });
});
