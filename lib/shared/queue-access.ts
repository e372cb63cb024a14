import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { allowServiceToEncrypt } from './encryption.ts';

/**
 * Lets a service send to a queue on behalf of one resource (a rule, a topic), and use the key that the queue is under. The CDK's own ways leave
 * out one or the other when there is a customer-managed key.
 *
 * @returns what the delivery has to wait for
 */
export function allowServiceToSend(queue: IQueue, service: string, sourceArn: string): ReturnType<IQueue['addToResourcePolicy']> {
  if (queue.encryptionMasterKey) allowServiceToEncrypt(queue.encryptionMasterKey, service, Stack.of(queue).account);
  return queue.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sqs:SendMessage'],
      principals: [new ServicePrincipal(service)],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': sourceArn } },
    }),
  );
}
