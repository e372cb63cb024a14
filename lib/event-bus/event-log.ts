import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IEventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, ResourcePolicy, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { allowLogsToEncrypt, allowServiceToSend, type EncryptionProps, freshName, stageDefaults } from '../shared/index.ts';
import { EVERY_EVENT } from './every-event.ts';

export interface EventLogProps extends EncryptionProps {
  readonly eventBus: IEventBus;
  readonly deadLetterQueue: IQueue;
  /** @default by stage */
  readonly retention?: RetentionDays | undefined;
}

/** Every event of a bus in a log group. The CDK's own target for that makes its policy with a custom resource; here it is a plain one. */
export class EventLog extends Construct {
  readonly logGroup: LogGroup;
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: EventLogProps) {
    super(scope, id);
    const { removalPolicy, logRetention } = stageDefaults(this);
    const { encryptionKey } = props;
    if (encryptionKey) allowLogsToEncrypt(encryptionKey, Stack.of(this));
    const name = freshName(this);
    this.logGroup = new LogGroup(this, 'Log', {
      // EventBridge writes to names under /aws/events/ only.
      logGroupName: `/aws/events/${name}`,
      retention: props.retention ?? logRetention,
      removalPolicy,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    const policy = new ResourcePolicy(this, 'Policy', {
      resourcePolicyName: name,
      policyStatements: [
        new PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          principals: [new ServicePrincipal('events.amazonaws.com'), new ServicePrincipal('delivery.logs.amazonaws.com')],
          resources: [this.logGroup.logGroupArn],
        }),
      ],
    });
    const { logGroup } = this;
    const target: IRuleTarget = {
      bind: () => ({
        arn: Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logGroup.logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
        deadLetterConfig: { arn: props.deadLetterQueue.queueArn },
        retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 },
        targetResource: logGroup,
      }),
    };
    this.rule = new Rule(this, 'Rule', {
      eventBus: props.eventBus,
      description: `Writes every event of ${props.eventBus.node.path} to a log`,
      eventPattern: EVERY_EVENT,
      targets: [target],
    });
    this.rule.node.addDependency(policy);
    allowServiceToSend(props.deadLetterQueue, 'events.amazonaws.com', this.rule.ruleArn);
  }
}
