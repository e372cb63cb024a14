import { Duration, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { ALARM_PERIOD, type AlarmProps, createAlarm, type Severity } from './alarms.ts';
import { allowServiceToEncrypt, type EncryptionProps, queueEncryption } from './encryption.ts';
import { stageDefaults } from './stage.ts';
import { tagConstruct } from './tags.ts';

export interface DeadLetterQueueProps extends AlarmProps, EncryptionProps {
  /** @default false */
  readonly fifo?: boolean;
  /** What arrives here and why, for the alarm's text. */
  readonly holds: string;
  /** The service that writes here by itself, which then is granted the encryption key: `events.amazonaws.com`. @default none: SQS redrives */
  readonly writer?: string;
  /** Of the alarm. @default 'critical' */
  readonly severity?: Severity;
}

/**
 * A queue for what could not be delivered or processed: encrypted, TLS only, kept for 14 days (the most that SQS has), alarmed from the first
 * message on.
 *
 * Alarm `NotEmpty` (critical). The metric is the number of messages that can be seen, since messages that are redriven here do not count as
 * sent (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html).
 */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;
  readonly alarm: Alarm | undefined;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    tagConstruct(this, 'DeadLetterQueue');
    if (props.encryptionKey && props.writer) allowServiceToEncrypt(props.encryptionKey, props.writer, Stack.of(this).account);
    this.queue = new Queue(this, 'Queue', {
      ...queueEncryption(props.encryptionKey),
      ...(props.fifo ? { fifo: true } : {}),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: stageDefaults(this).removalPolicy,
    });
    if (props.writer) {
      acknowledge(this.queue, {
        'AwsSolutions-SQS3': 'It is where dead letters end, of a service that the check does not know as one that has them.',
      });
    }
    this.alarm = createAlarm(
      this,
      'NotEmpty',
      {
        severity: props.severity ?? 'critical',
        metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: 'Maximum' }),
        threshold: 1,
        description: `${this.node.path} holds ${props.holds}. Find the cause, then redrive the messages; after 14 days they are gone.`,
      },
      props,
    );
  }
}
