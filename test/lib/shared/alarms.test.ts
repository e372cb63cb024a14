import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { type AlarmProps, EventStream, sendAlarms } from '../../../lib/index.ts';

function alarmed(topic: (stack: Stack) => AlarmProps['alarmTopic'], everywhere = false) {
  const stack = new Stack(new App(), 'Shop');
  const pager = topic(stack);
  new EventStream(stack, 'Flow', pager === undefined ? {} : { alarmTopic: pager });
  if (pager && everywhere) sendAlarms(stack, pager);
  return { stack, template: () => Template.fromStack(stack) };
}

describe('alarms', () => {
  it.each([false, true])('reach a topic that has a policy of its own', (everywhere) => {
    const { template } = alarmed((stack) => new Topic(stack, 'Pager', { enforceSSL: true }), everywhere);
    template().hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny' }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });

  it.each([false, true])('do not give a topic a second policy, of which one would not count', (everywhere) => {
    const { stack, template } = alarmed((scope) => new Topic(scope, 'Pager'), everywhere);
    const pager = stack.node.findChild('Pager');
    if (pager instanceof Topic) new TopicPolicy(stack, 'Policy', { topics: [pager], enforceSSL: true });
    expect(template).toThrow(/Shop\/Pager has two policies.*Shop\/Pager\/Policy.*Shop\/Policy.*addToResourcePolicy/);
  });

  it('tell a topic once that is named twice', () => {
    const pager = { Ref: Match.stringLikeRegexp('^Pager') };
    alarmed((stack) => new Topic(stack, 'Pager'), true)
      .template()
      .allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [pager], OKActions: [pager] });
  });

  it('may use the key of the topic', () => {
    alarmed((stack) => new Topic(stack, 'Pager', { masterKey: new Key(stack, 'Key') }))
      .template()
      .hasResourceProperties('AWS::KMS::Key', {
        KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]) },
      });
  });

  it('say what the policy of an imported topic needs', () => {
    const { stack } = alarmed((scope) => Topic.fromTopicArn(scope, 'Pager', 'arn:aws:sns:us-east-1:111111111111:pager'), true);
    expect(
      Annotations.fromStack(stack)
        .findWarning('/Shop/Pager', Match.stringLikeRegexp('imported'))
        .map(({ entry }) => entry.data),
    ).toEqual([expect.stringContaining('cloudwatch.amazonaws.com')]);
  });

  it('are refused by a topic that they could never reach', () => {
    const underSnsOwnKey = (stack: Stack) => new Topic(stack, 'Pager', { masterKey: Alias.fromAliasName(stack, 'Key', 'alias/aws/sns') });
    expect(() => alarmed(underSnsOwnKey)).toThrow(/Shop\/Pager is encrypted under SNS's AWS-managed key/);
  });
});
