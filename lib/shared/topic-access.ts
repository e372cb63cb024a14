import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopicPolicy, type ITopic } from 'aws-cdk-lib/aws-sns';
import { allowServiceToEncrypt, managedByAws } from './encryption.ts';
import { allowBy } from './resource-policy.ts';

/**
 * Lets a service publish to a topic, and use the key that the topic is under. A topic's first statement replaces the policy that SNS gives to
 * topics without one, and with it the leave that the account's own alarms had.
 *
 * @param source on whose behalf: of one resource (a rule), or of everything in an account
 * @throws Error when the topic is under SNS's AWS-managed key, which the service can never use; at synthesis, when somebody else gives it a policy
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
  refuseSecondPolicy(topic);
}

const checked = new WeakSet<ITopic>();

/** A topic has one policy: of a `TopicPolicy` that somebody makes beside the topic's own, the last to be deployed would replace the other. */
function refuseSecondPolicy(topic: ITopic): void {
  if (checked.has(topic)) return;
  checked.add(topic);
  topic.node.addValidation({
    validate: () => {
      const policies = topic.node.root.node
        .findAll()
        .filter((node) => node instanceof CfnTopicPolicy && node.topics.includes(topic.topicArn))
        .map(({ node }) => node.scope?.node.path);
      if (policies.length < 2) return [];
      return [
        `${topic.node.path} has two policies (${policies.join(' and ')}), of which one replaces the other. Add statements with its addToResourcePolicy.`,
      ];
    },
  });
}
