import { type CreatedResource, type ResourceRequest, type ResourceType, type ResourceTypes, resourceType } from '../resource.ts';

/**
 * The network of functions, in name only: ids, and the attributes that templates ask for. What a network lets through is not modelled:
 * functions reach every service whether or not their subnets have a way there.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
 */

type Properties = Readonly<Record<string, unknown>>;

/** A resource known by its id (`vpc-1f…`); `attributes` says what `Fn::GetAtt` yields beside it. */
function named(
  prefix: string,
  idAttribute: string,
  attributes: (properties: Properties, id: string) => Properties = () => ({}),
): ResourceType {
  return resourceType<Properties>((properties, request): CreatedResource => {
    const id = idOf(prefix, request);
    return { ref: id, attributes: { Id: id, [idAttribute]: id, ...attributes(properties, id) } };
  });
}

const vpc = named('vpc', 'VpcId', ({ CidrBlock }, id) => ({
  CidrBlock,
  CidrBlockAssociations: [id.replace('vpc', 'vpc-cidr-assoc')],
  DefaultNetworkAcl: id.replace('vpc', 'acl'),
  DefaultSecurityGroup: id.replace('vpc', 'sg'),
  Ipv6CidrBlocks: [],
}));

const subnet = named('subnet', 'SubnetId', ({ AvailabilityZone, CidrBlock, VpcId }) => ({
  AvailabilityZone,
  CidrBlock,
  VpcId,
  Ipv6CidrBlocks: [],
}));

export const ec2Resources: ResourceTypes = {
  'AWS::EC2::EIP': named('eipalloc', 'AllocationId', () => ({ PublicIp: '192.0.2.1' })),
  'AWS::EC2::FlowLog': named('fl', 'Id'),
  'AWS::EC2::InternetGateway': named('igw', 'InternetGatewayId'),
  'AWS::EC2::NatGateway': named('nat', 'NatGatewayId'),
  'AWS::EC2::NetworkAcl': named('acl', 'Id'),
  'AWS::EC2::NetworkAclEntry': named('acle', 'Id'),
  'AWS::EC2::Route': named('r', 'Id', ({ DestinationCidrBlock }) => ({ CidrBlock: DestinationCidrBlock })),
  'AWS::EC2::RouteTable': named('rtb', 'RouteTableId'),
  'AWS::EC2::SecurityGroup': named('sg', 'GroupId', ({ VpcId }) => ({ VpcId })),
  'AWS::EC2::SecurityGroupEgress': named('sgr', 'Id'),
  'AWS::EC2::SecurityGroupIngress': named('sgr', 'Id'),
  'AWS::EC2::Subnet': subnet,
  'AWS::EC2::SubnetNetworkAclAssociation': named('aclassoc', 'AssociationId'),
  'AWS::EC2::SubnetRouteTableAssociation': named('rtbassoc', 'Id'),
  'AWS::EC2::VPC': vpc,
  'AWS::EC2::VPCCidrBlock': named('vpc-cidr-assoc', 'Id'),
  'AWS::EC2::VPCEndpoint': named('vpce', 'Id', () => ({ DnsEntries: [], NetworkInterfaceIds: [] })),
  'AWS::EC2::VPCGatewayAttachment': named('igw-attach', 'AttachmentType'),
};

/** The same resource has the same id in every run. */
function idOf(prefix: string, request: ResourceRequest): string {
  const hash = request.physicalName(255).split('-').at(-1) ?? '';
  return `${prefix}-${hash.toLowerCase()}`;
}
