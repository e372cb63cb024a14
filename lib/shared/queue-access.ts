import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IQueue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { allowServiceToEncrypt, managedByAws } from './encryption.ts';
import { allowBy } from './resource-policy.ts';

/**
 * Lets a service send to a queue on behalf of one resource (a rule, a topic), and use the key that the queue is under. The CDK's own ways leave
 * out one or the other when there is a customer-managed key.
 *
 * @returns what the delivery has to wait for
 * @throws Error when the queue is under SQS's AWS-managed key, which the service can never use
 */
export function allowServiceToSend(queue: IQueue, service: string, sourceArn: string): ReturnType<IQueue['addToResourcePolicy']> {
  if (queue.encryptionType === QueueEncryption.KMS_MANAGED || managedByAws(queue.encryptionMasterKey)) {
    throw new Error(
      `The queue ${queue.node.path} is encrypted under SQS's AWS-managed key, which nobody can let ${service} use: its messages would vanish. ` +
        'Use QueueEncryption.SQS_MANAGED, or a customer-managed key.',
    );
  }
  if (queue.encryptionMasterKey) allowServiceToEncrypt(queue.encryptionMasterKey, service, Stack.of(queue).account);
  return allowBy(
    queue,
    new PolicyStatement({
      actions: ['sqs:SendMessage'],
      principals: [new ServicePrincipal(service)],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': sourceArn } },
    }),
  );
}
