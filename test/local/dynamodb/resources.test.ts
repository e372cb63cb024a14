import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, Billing, BillingMode, Capacity, ProjectionType, StreamViewType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { describe, expect, it } from 'vitest';
import type { CreatedResource, ResourceCloud, ResourceRequest } from '../../../local/assembly/resource.ts';
import { dynamodbResources } from '../../../local/assembly/resources/dynamodb.ts';
import { N, S, TestDynamoDb } from './test-dynamodb.ts';

interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>;
}

/** Creates the tables of a stack as the loader would. */
function deploy(dynamo: TestDynamoDb, build: (stack: Stack) => void): CreatedResource[] {
  const app = new App();
  const stack = new Stack(app, 'Shop', { env: { region: 'us-east-1', account: '000000000000' } });
  build(stack);
  const { Resources } = app.synth().getStackByName('Shop').template as Template;
  const cloud: ResourceCloud = {
    kernel: dynamo.kernel,
    invoke: (service, operation, input) => dynamo.kernel.invoke({ service, operation, input }) as never,
    refuse: (request, problem) => new Error(`${request.type} ${request.path}: ${problem}`),
  };
  return Object.entries(Resources).map(([logicalId, { Type: type, Properties }]) => {
    const request: ResourceRequest = {
      type,
      logicalId,
      path: `Shop/${logicalId}`,
      stackName: 'Shop',
      physicalName: () => `Shop-${logicalId}`,
    };
    const create = dynamodbResources[type];
    if (!create) throw new Error(`no ${type}`);
    return create(Properties, request, cloud);
  });
}

describe('tables of a template', () => {
  it('come with their indexes, stream, time to live and recovery', () => {
    const dynamo = new TestDynamoDb();
    const [created] = deploy(dynamo, (stack) => {
      const table = new Table(stack, 'Outbox', {
        tableName: 'outbox',
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        billingMode: BillingMode.PAY_PER_REQUEST,
        stream: StreamViewType.NEW_AND_OLD_IMAGES,
        timeToLiveAttribute: 'expires',
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      });
      table.addGlobalSecondaryIndex({
        indexName: 'pending',
        partitionKey: { name: 'pendingShard', type: AttributeType.STRING },
        sortKey: { name: 'pendingSince', type: AttributeType.NUMBER },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    });
    const { Table: described } = dynamo.call('DescribeTable', { TableName: 'outbox' });
    expect(created).toMatchObject({
      ref: 'outbox',
      attributes: { Arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/outbox', StreamArn: described?.LatestStreamArn },
    });
    expect(described).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [{ IndexName: 'pending', IndexStatus: 'ACTIVE', Projection: { ProjectionType: 'KEYS_ONLY' } }],
    });
    expect(dynamo.call('DescribeTimeToLive', { TableName: 'outbox' }).TimeToLiveDescription?.AttributeName).toBe('expires');
    expect(
      dynamo.call('DescribeContinuousBackups', { TableName: 'outbox' }).ContinuousBackupsDescription?.PointInTimeRecoveryDescription
        ?.PointInTimeRecoveryStatus,
    ).toBe('ENABLED');
    dynamo.call('PutItem', { TableName: 'outbox', Item: { pk: S('a'), pendingShard: S('0'), pendingSince: N(1), state: S('s') } });
    const { Items } = dynamo.call('Scan', { TableName: 'outbox', IndexName: 'pending' });
    expect(Items).toEqual([{ pk: S('a'), pendingShard: S('0'), pendingSince: N(1) }]);
  });

  it('of the second generation are the same, named by their stack', () => {
    const dynamo = new TestDynamoDb();
    const [created] = deploy(dynamo, (stack) => {
      new TableV2(stack, 'Board', {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        sortKey: { name: 'sk', type: AttributeType.NUMBER },
        billing: Billing.provisioned({ readCapacity: Capacity.fixed(5), writeCapacity: Capacity.autoscaled({ maxCapacity: 10 }) }),
        dynamoStream: StreamViewType.NEW_IMAGE,
        globalSecondaryIndexes: [{ indexName: 'byOwner', partitionKey: { name: 'owner', type: AttributeType.STRING } }],
        localSecondaryIndexes: [{ indexName: 'byDate', sortKey: { name: 'date', type: AttributeType.STRING } }],
        deletionProtection: true,
        tags: [{ key: 'team', value: 'ops' }],
      });
    });
    expect(created?.ref).toMatch(/^Shop-Board/);
    const { Table: described } = dynamo.call('DescribeTable', { TableName: created?.ref });
    expect(described).toMatchObject({
      DeletionProtectionEnabled: true,
      GlobalSecondaryIndexes: [{ IndexName: 'byOwner' }],
      LocalSecondaryIndexes: [{ IndexName: 'byDate' }],
      LatestStreamArn: created?.attributes?.StreamArn,
    });
    expect(dynamo.call('ListTagsOfResource', { ResourceArn: described?.TableArn }).Tags).toEqual([{ Key: 'team', Value: 'ops' }]);
    expect(dynamo.refusal('DeleteTable', { TableName: created?.ref }).message).toContain('protected against deletion');
  });

  it('with what the local cloud does not have are refused, by type, path and property', () => {
    const dynamo = new TestDynamoDb();
    expect(() =>
      deploy(dynamo, (stack) => {
        new TableV2(stack, 'Far', {
          partitionKey: { name: 'pk', type: AttributeType.STRING },
          replicas: [{ region: 'eu-west-1' }],
        });
      }),
    ).toThrow(/AWS::DynamoDB::GlobalTable Shop\/Far\w+: Replicas has one in eu-west-1/);
  });
});

describe('the tables of an account', () => {
  it('are listed by name, a page at a time', () => {
    const dynamo = new TestDynamoDb();
    for (const TableName of ['ccc', 'aaa', 'bbb']) dynamo.createTable({ TableName });
    expect(dynamo.service.invoke('ListTables', { Limit: 2 })).toEqual({ TableNames: ['aaa', 'bbb'], LastEvaluatedTableName: 'bbb' });
    expect(dynamo.service.invoke('ListTables', { ExclusiveStartTableName: 'bbb' })).toEqual({ TableNames: ['ccc'] });
  });

  it('have names of their own, and are gone when deleted', () => {
    const dynamo = new TestDynamoDb();
    dynamo.createTable();
    dynamo.put({ pk: S('a') });
    expect(() => dynamo.createTable()).toThrow('Table already exists: things');
    expect(dynamo.call('DeleteTable', { TableName: 'things' }).TableDescription?.TableStatus).toBe('DELETING');
    expect(dynamo.refusal('DescribeTable', { TableName: 'things' })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: things not found',
    });
    dynamo.createTable();
    expect(dynamo.scan()).toEqual([]);
  });

  it.each([
    [
      { KeySchema: [{ AttributeName: 'nope', KeyType: 'HASH' as const }] },
      'Some index key attributes are not defined in AttributeDefinitions',
    ],
    [
      { AttributeDefinitions: [{ AttributeName: 'spare', AttributeType: 'S' as const }] },
      'Number of attributes in KeySchema does not exactly match',
    ],
    [{ BillingMode: 'PROVISIONED' as const }, 'ReadCapacityUnits and WriteCapacityUnits must both be specified'],
    [{ StreamSpecification: { StreamEnabled: true } }, 'StreamViewType cannot be null'],
  ])('are refused when their definition contradicts itself: %j', (input, problem) => {
    expect(() => new TestDynamoDb().createTable(input)).toThrow(problem);
  });

  it('refuse operations that DynamoDB does not have', () => {
    expect(() => new TestDynamoDb().service.invoke('Explode', {})).toThrow("DynamoDB has no operation 'Explode'");
  });
});
