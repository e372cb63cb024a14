import { CfnOutput, Stack } from 'aws-cdk-lib';
import { type IVpc, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { LocalCloud } from 'millrace/local';
import { synthesizeLocally } from 'millrace/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let cloud: LocalCloud;
let remove: () => void;

beforeAll(async () => {
  const assembly = synthesizeLocally((app) => {
    const stack = new Stack(app, 'Network');
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }) as IVpc;
    const group = new SecurityGroup(stack, 'Group', { vpc });
    group.connections.allowInternally(Port.tcp(443));
    new CfnOutput(stack, 'VpcId', { value: vpc.vpcId });
    new CfnOutput(stack, 'Cidr', { value: vpc.vpcCidrBlock });
    new CfnOutput(stack, 'Zones', { value: vpc.availabilityZones.join(' ') });
    new CfnOutput(stack, 'Subnets', { value: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnetIds.join(' ') });
    new CfnOutput(stack, 'GroupId', { value: group.securityGroupId });
  });
  remove = assembly.remove;
  cloud = await LocalCloud.fromAssembly(assembly.directory);
});

afterAll(async () => {
  await cloud.stop();
  remove();
});

test("a VPC with subnets, gateways and security groups has ids of AWS's form", () => {
  const { VpcId, Cidr, Zones, Subnets = '', GroupId } = cloud.outputs;
  expect(VpcId).toMatch(/^vpc-[0-9a-f]+$/);
  expect(GroupId).toMatch(/^sg-[0-9a-f]+$/);
  expect(Cidr).toBe('10.0.0.0/16');
  expect(Zones).toBe('us-east-1a us-east-1b');
  const ids = Subnets.split(' ');
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^subnet-[0-9a-f]+$/);
});

test('what belongs to a VPC names it', () => {
  const members = cloud.resources.filter(({ type }) =>
    ['AWS::EC2::Subnet', 'AWS::EC2::RouteTable', 'AWS::EC2::SecurityGroup'].includes(type),
  );
  expect(members.length).toBeGreaterThan(5);
  for (const { properties } of members) expect(properties.VpcId).toBe(cloud.outputs.VpcId);
});
