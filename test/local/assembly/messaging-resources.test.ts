import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { App, CfnOutput, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, EventType } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { FilterOrPolicy, SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAssembly } from '../../../local/assembly/assembly.ts';
import { Loader } from '../../../local/assembly/loader.ts';
import type { ResourceType } from '../../../local/assembly/resource.ts';
import { cloudwatchResources } from '../../../local/assembly/resources/cloudwatch.ts';
import { s3Resources } from '../../../local/assembly/resources/s3.ts';
import { secretsmanagerResources } from '../../../local/assembly/resources/secretsmanager.ts';
import { snsResources } from '../../../local/assembly/resources/sns.ts';
import { sqsResources } from '../../../local/assembly/resources/sqs.ts';
import { ssmResources } from '../../../local/assembly/resources/ssm.ts';
import { Kernel } from '../../../local/kernel/index.ts';
import { connect, kernelPort, type SdkClient } from '../../../local/sdk/index.ts';
import { CloudWatchService } from '../../../local/services/cloudwatch/index.ts';
import { S3Service } from '../../../local/services/s3/index.ts';
import { SecretsManagerService } from '../../../local/services/secretsmanager/index.ts';
import { SnsService } from '../../../local/services/sns/index.ts';
import { SqsService } from '../../../local/services/sqs/index.ts';
import { SsmService } from '../../../local/services/ssm/index.ts';

/** What a stack of this kind usually holds, by the CDK's own constructs. */
class MessagingStack extends Stack {
  constructor(app: App) {
    super(app, 'Messaging', { env: { account: '000000000000', region: 'us-east-1' } });
    const dead = new Queue(this, 'Dead', { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) });
    const deadLetterQueue: DeadLetterQueue = { queue: dead, maxReceiveCount: 2 };
    const mail = new Queue(this, 'Mail', { deadLetterQueue, enforceSSL: true, visibilityTimeout: Duration.seconds(30) });
    const key = new Key(this, 'Key');
    const audit = new Queue(this, 'Audit', { fifo: true, contentBasedDeduplication: true, encryptionMasterKey: key });
    const topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    const filterPolicyWithMessageBody = {
      type: FilterOrPolicy.filter(SubscriptionFilter.stringFilter({ allowlist: ['confirmed'] })),
    };
    topic.addSubscription(new SqsSubscription(mail, { rawMessageDelivery: true, filterPolicyWithMessageBody, deadLetterQueue: dead }));
    const ordered = new Topic(this, 'Ordered', { fifo: true, contentBasedDeduplication: true });
    ordered.addSubscription(new SqsSubscription(audit, { rawMessageDelivery: true }));

    const uploads = new Queue(this, 'Uploads');
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.DESTROY,
      lifecycleRules: [{ expiration: Duration.days(30) }],
    });
    bucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(uploads), { prefix: 'in/' });

    const secret = new Secret(this, 'Secret', {
      generateSecretString: { secretStringTemplate: '{"user":"app"}', generateStringKey: 'password', excludePunctuation: true },
    });
    new StringParameter(this, 'Parameter', { parameterName: '/messaging/mail', stringValue: mail.queueName });
    const named = new CfnParameter(this, 'Named', { type: 'AWS::SSM::Parameter::Value<String>', default: '/before/the/stack' });
    const alarm = new Alarm(this, 'Alarm', {
      metric: dead.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
    alarm.addAlarmAction(new SnsAction(topic));

    const outputs = {
      Mail: mail.queueUrl,
      MailArn: mail.queueArn,
      Dead: dead.queueUrl,
      Audit: audit.queueUrl,
      Uploads: uploads.queueUrl,
      Topic: topic.topicArn,
      Ordered: ordered.topicArn,
      Bucket: bucket.bucketName,
      Secret: secret.secretArn,
      Alarm: alarm.alarmName,
      Named: named.valueAsString,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, `${name}Output`, { value }).overrideLogicalId(name);
  }
}

describe('queues, topics, buckets, secrets, parameters and alarms of a CDK stack', () => {
  const kernel = new Kernel();
  const sns = new SnsService(kernel);
  let out: Readonly<Record<string, string>>;
  let sqs: SQSClient;

  beforeAll(() => {
    const services = [
      new SqsService(kernel),
      sns,
      new S3Service(kernel),
      new SecretsManagerService(kernel),
      new SsmService(kernel),
      new CloudWatchService(kernel),
    ];
    for (const service of services) kernel.register(service);
    kernel.invoke({ service: 'ssm', operation: 'PutParameter', input: { Name: '/before/the/stack', Value: 'was here', Type: 'String' } });
    // The function and role of the CDK's own custom resource for notifications.
    const unused: ResourceType = (_properties, request) => ({
      ref: request.logicalId,
      attributes: { Arn: `arn:aws:unused:::${request.logicalId}` },
    });
    const loader = new Loader(kernel, {
      ...cloudwatchResources,
      ...s3Resources,
      ...secretsmanagerResources,
      ...snsResources,
      ...sqsResources,
      ...ssmResources,
      'AWS::IAM::Role': unused,
      'AWS::IAM::Policy': unused,
      'AWS::Lambda::Function': unused,
    });
    const app = new App({ context: { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true } });
    new MessagingStack(app);
    const [stack] = readAssembly(app.synth().directory).map((each) => loader.load(each));
    out = stack?.outputs ?? {};
    sqs = client(new SQSClient({}));
  });

  function client<Client extends SdkClient>(sdk: Client): Client {
    const port = kernelPort(kernel);
    return connect(sdk, { ...port, call: (call) => kernel.until(port.call(call)), sleep: (ms) => kernel.until(port.sleep(ms)) });
  }

  const bodies = async (QueueUrl: string | undefined): Promise<string[]> => {
    await kernel.settle();
    const { Messages: messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return messages.map(({ Body = '' }) => Body);
  };

  it('have the attributes they were given', async () => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: out.Mail, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({ QueueArn: out.MailArn, VisibilityTimeout: '30' });
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toMatchObject({ maxReceiveCount: 2 });
    const statements = JSON.parse(Attributes?.Policy ?? '').Statement as { Effect: string }[];
    expect(statements.map(({ Effect }) => Effect).sort()).toEqual(['Allow', 'Deny']);
  });

  it('deliver what is published to who is subscribed, through the policies that the CDK wrote', async () => {
    const publisher = client(new SNSClient({}));
    await publisher.send(new PublishCommand({ TopicArn: out.Topic, Message: '{"type":"confirmed"}' }));
    await publisher.send(new PublishCommand({ TopicArn: out.Topic, Message: '{"type":"requested"}' }));
    await publisher.send(new PublishCommand({ TopicArn: out.Ordered, Message: 'first', MessageGroupId: 'g' }));
    await publisher.send(new PublishCommand({ TopicArn: out.Ordered, Message: 'second', MessageGroupId: 'g' }));
    expect(await bodies(out.Mail)).toEqual(['{"type":"confirmed"}']);
    expect(await bodies(out.Audit)).toEqual(['first', 'second']);
    expect(sns.lost).toEqual([]);
  });

  it('answer batches as the SDK checks them', async () => {
    const Entries = [
      { Id: 'a', MessageBody: 'Grüße 🛫' },
      { Id: 'b', MessageBody: 'x', MessageAttributes: { k: { DataType: 'String', StringValue: 'v' } } },
    ];
    const { Successful, Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: out.Dead, Entries }));
    expect([Successful?.length, Failed]).toEqual([2, undefined]);
    expect(await bodies(out.Dead)).toEqual(['Grüße 🛫', 'x']);
  });

  it('tell of objects', async () => {
    const s3 = client(new S3Client({}));
    await s3.send(new PutObjectCommand({ Bucket: out.Bucket, Key: 'in/a.txt', Body: 'hello' }));
    await s3.send(new PutObjectCommand({ Bucket: out.Bucket, Key: 'elsewhere', Body: 'hello' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: out.Bucket, Key: 'in/a.txt' }));
    expect(await Body?.transformToString()).toBe('hello');
    const events = (await bodies(out.Uploads)).map((body) => JSON.parse(body));
    expect(events.filter(({ Event }) => Event === 's3:TestEvent')).toHaveLength(1);
    expect(events.flatMap(({ Records = [] }) => Records).map(({ s3: { object } }) => object.key)).toEqual(['in/a.txt']);
  });

  it('hold what was generated and what was named', async () => {
    const secrets = client(new SecretsManagerClient({}));
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: out.Secret }));
    expect(JSON.parse(SecretString)).toEqual({ user: 'app', password: expect.stringMatching(/^[A-Za-z0-9]{32}$/) });
    expect(out.Named).toBe('was here');
    const ssm = client(new SSMClient({}));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/messaging/mail' }));
    expect(out.Mail).toMatch(new RegExp(`/${Parameter?.Value}$`));
  });

  it('raise their alarms', async () => {
    const monitoring = client(new CloudWatchClient({}));
    await kernel.advance(120_000);
    const { MetricAlarms } = await monitoring.send(new DescribeAlarmsCommand({ AlarmNames: [out.Alarm ?? ''] }));
    expect(MetricAlarms).toMatchObject([{ MetricName: 'ApproximateNumberOfMessagesVisible', StateValue: 'ALARM' }]);
  });
});
