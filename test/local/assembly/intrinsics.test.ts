import { describe, expect, it } from 'vitest';
import { conditionHolds, resolve, type Scope } from '../../../local/assembly/intrinsics.ts';
import { creationOrder } from '../../../local/assembly/order.ts';
import type { Template, TemplateValue } from '../../../local/assembly/template.ts';

function scope(template: Template = {}): Scope {
  return {
    stackName: 'Orders',
    template,
    refs: new Map<string, TemplateValue>([
      ['Queue', 'http://queue'],
      ['Names', ['a', 'b', 'c']],
    ]),
    attributes: new Map([['Queue', { Arn: 'arn:aws:sqs:us-east-1:000000000000:orders' }]]),
    exports: new Map<string, TemplateValue>([['Net:Vpc', 'vpc-1']]),
    dynamic: (service, key) => `<${service}/${key}>`,
  };
}

const template: Template = {
  Mappings: { Sizes: { 'us-east-1': { small: 2 } } },
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
  },
};

describe('intrinsic functions', () => {
  const cases: [string, TemplateValue, unknown][] = [
    ['Ref', { Ref: 'Queue' }, 'http://queue'],
    ['Ref to a pseudo parameter', { Ref: 'AWS::StackName' }, 'Orders'],
    ['Fn::GetAtt, list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:orders'],
    ['Fn::GetAtt, text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:orders'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'a-us-east-1'],
    ['Fn::Join over a list', { 'Fn::Join': [',', { Ref: 'Names' }] }, 'a,b,c'],
    ['Fn::Split and Fn::Select', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'orders'],
    [
      'Fn::Sub',
      { 'Fn::Sub': 'is $' + '{Queue.Arn} of $' + '{AWS::Partition}, $' + '{!Literal}' },
      'is arn:aws:sqs:us-east-1:000000000000:orders of aws, ${Literal}',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['hello $' + '{Name}', { Name: { Ref: 'Queue' } }] }, 'hello http://queue'],
    ['Fn::If', { 'Fn::If': ['Yes', 1, 2] }, 1],
    ['Fn::If, the other branch', { 'Fn::If': ['No', 1, 2] }, 2],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'Net:Vpc' }, 'vpc-1'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, 2],
    ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['Fn::ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Queue' } } }, '{"a":"http://queue"}'],
    ['AWS::NoValue leaves a property out', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['AWS::NoValue leaves an item out', [1, { 'Fn::If': ['No', 2, { Ref: 'AWS::NoValue' }] }], [1]],
    ['dynamic references', 'x{{resolve:ssm:/a/b:1}}y', 'x<ssm//a/b:1>y'],
    ['an object with a Ref among other keys is plain', { Ref: 'Queue', other: 1 }, { Ref: 'Queue', other: 1 }],
  ];
  it.each(cases)('%s', (_, value, expected) => {
    expect(resolve(value, scope(template), 'Orders/Thing')).toEqual(expected);
  });

  it('conditions combine', () => {
    const holds = ['Yes', 'No', 'Both', 'Either'].map((name) => conditionHolds(name, scope(template)));
    expect(holds).toEqual([true, false, false, true]);
  });

  it.each([
    ['a resource that does not exist', { Ref: 'Nobody' }, /Orders\/Thing: Ref to 'Nobody'/],
    ['an attribute that is not known', { 'Fn::GetAtt': ['Queue', 'Color'] }, /Queue.Color is not known here \(known: Arn\)/],
    ['an export nobody made', { 'Fn::ImportValue': 'None' }, /no stack of this assembly exports 'None'/],
    ['a function it does not know', { 'Fn::Transform': {} }, /does not know the intrinsic function Fn::Transform/],
  ] as [string, TemplateValue, RegExp][])('refuses %s and says where', (_, value, message) => {
    expect(() => resolve(value, scope(template), 'Orders/Thing')).toThrow(message);
  });
});

describe('creation order', () => {
  it('puts each resource after those it needs', () => {
    const order = creationOrder({
      Resources: {
        Function: { Type: 'A', Properties: { Env: { 'Fn::Sub': 'q=$' + '{Queue.Arn}' }, Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
        Queue: { Type: 'B', Properties: { Dlq: { 'Fn::GetAtt': ['Dead', 'Arn'] } } },
        Dead: { Type: 'B' },
        Role: { Type: 'C', DependsOn: ['Dead'] },
      },
    });
    expect(order).toEqual(['Dead', 'Queue', 'Role', 'Function']);
  });

  it('names a circle', () => {
    expect(() =>
      creationOrder({ Resources: { A: { Type: 'T', DependsOn: 'B' }, B: { Type: 'T', Properties: { x: { Ref: 'A' } } } } }),
    ).toThrow(/A → B → A/);
  });
});
