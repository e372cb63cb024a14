import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { allowServiceToEncrypt, managedByAws } from './encryption.ts';
import { allowBy } from './resource-policy.ts';

/**
 * Lets a service publish to a topic, and use the key that the topic is under. A topic's first statement replaces the policy that SNS gives to
 * topics without one, and with it the leave that the account's own alarms had.
 *
 * @param source on whose behalf: of one resource (a rule), or of everything in an account
 * @throws Error when the topic is under SNS's AWS-managed key, which the service can never use
 */
export function allowServiceToPublish(topic: ITopic, service: string, source: { readonly account: string; readonly arn?: string }): void {
  if (managedByAws(topic.masterKey)) {
    throw new Error(
      `The topic ${topic.node.path} is encrypted under SNS's AWS-managed key, which nobody can let ${service} use: its messages would vanish. ` +
        'Use a customer-managed key, as FanOut does.',
    );
  }
  if (topic.masterKey) allowServiceToEncrypt(topic.masterKey, service, source.account);
  allowBy(
    topic,
    new PolicyStatement({
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal(service)],
      resources: [topic.topicArn],
      conditions:
        source.arn === undefined
          ? { StringEquals: { 'aws:SourceAccount': source.account } }
          : { ArnEquals: { 'aws:SourceArn': source.arn } },
    }),
  );
}
