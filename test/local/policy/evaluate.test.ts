import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessRequest,
  evaluate,
  matchesWildcard,
  parsePolicy,
  requestKeys,
  type Statement,
} from '../../../local/kernel/policy/index.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const ROLE = 'arn:aws:iam::000000000000:role/worker';

function decide(statement: Partial<Statement>, request: Partial<AccessRequest> = {}): string {
  const whole = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', ...statement } as Statement;
  return evaluate([whole], { principal: ROLE, action: 'sqs:SendMessage', resource: QUEUE, ...request });
}

describe('a policy', () => {
  it.each<[statement: Partial<Statement>, request: Partial<AccessRequest>, decision: string]>([
    [{}, {}, 'allow'],
    [{ Effect: 'Deny' }, {}, 'deny'],
    [{ Action: 'SQS:SendMessage' }, {}, 'allow'],
    [{ Action: 'sqs:Send*' }, {}, 'allow'],
    [{ Action: ['sqs:Receive*', 'sqs:Get*'] }, {}, 'implicit'],
    [{ Action: 'sqs:SendMessag?' }, {}, 'allow'],
    [{ NotAction: 'sqs:Send*' }, {}, 'implicit'],
    [{ NotAction: 'sqs:Receive*' }, {}, 'allow'],
    [{ Resource: 'arn:aws:sqs:*:*:jobs' }, {}, 'allow'],
    [{ Resource: 'arn:aws:sqs:*:*:job' }, {}, 'implicit'],
    [{ NotResource: QUEUE }, {}, 'implicit'],
    [{ Principal: { AWS: ROLE } }, {}, 'allow'],
    [{ Principal: { AWS: [ROLE, 'x'] } }, {}, 'allow'],
    [{ Principal: { AWS: `${ROLE}2` } }, {}, 'implicit'],
    [{ Principal: { AWS: '*' } }, { principal: 'sns.amazonaws.com' }, 'allow'],
    [{ Principal: { Service: 'sns.amazonaws.com' } }, { principal: 'sns.amazonaws.com' }, 'allow'],
    [{ Principal: { Service: 'sns.amazonaws.com' } }, { principal: 'events.amazonaws.com' }, 'implicit'],
    // An allow to an account leaves the decision to its identity policies; a deny means everyone in it.
    [{ Principal: { AWS: 'arn:aws:iam::000000000000:root' } }, {}, 'implicit'],
    [{ Principal: { AWS: '000000000000' } }, { principal: 'arn:aws:iam::000000000000:root' }, 'allow'],
    [{ Effect: 'Deny', Principal: { AWS: '000000000000' } }, {}, 'deny'],
    [{ NotPrincipal: { AWS: ROLE } }, {}, 'implicit'],
    [{ NotPrincipal: { AWS: `${ROLE}2` } }, {}, 'allow'],
  ])('%j on %j: %s', (statement, request, decision) => {
    expect(decide(statement, request)).toBe(decision);
  });

  it('lets a deny outweigh every allow', () => {
    const allow: Statement = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
    const deny: Statement = { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' };
    const request = { principal: ROLE, action: 'sqs:SendMessage', resource: QUEUE };
    expect(evaluate([deny, allow], request)).toBe('deny');
    expect(evaluate([allow, deny], request)).toBe('deny');
    expect(evaluate([], request)).toBe('implicit');
  });

  it.each<[condition: NonNullable<Statement['Condition']>, keys: Record<string, string | string[]>, holds: boolean]>([
    [{ StringEquals: { 'aws:SourceAccount': '1' } }, { 'aws:sourceaccount': '1' }, true],
    [{ StringEquals: { 'aws:SourceAccount': ['1', '2'] } }, { 'aws:SourceAccount': '2' }, true],
    [{ StringEquals: { a: '1', b: '1' } }, { a: '1' }, false],
    [{ StringNotEquals: { a: '1' } }, {}, true],
    [{ StringNotEquals: { a: ['1', '2'] } }, { a: '2' }, false],
    [{ StringLike: { a: 'x*z' } }, { a: 'xyz' }, true],
    [{ StringEqualsIfExists: { a: '1' } }, {}, true],
    [{ StringEqualsIfExists: { a: '1' } }, { a: '2' }, false],
    [{ ArnLike: { arn: 'arn:aws:sns:*:*:news-*' } }, { arn: 'arn:aws:sns:us-east-1:0:news-1' }, true],
    [{ ArnLike: { arn: 'arn:aws:*:news' } }, { arn: 'arn:aws:sns:us-east-1:0:news' }, false],
    [{ ArnEquals: { arn: 'arn:aws:sns:us-east-1:0:news' } }, { arn: 'arn:aws:sns:us-east-1:0:news' }, true],
    [{ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'false' }, true],
    [{ Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': 'true' }, false],
    [{ Null: { a: 'true' } }, {}, true],
    [{ Null: { a: 'false' } }, {}, false],
    [{ NumericLessThan: { n: '10' } }, { n: '9' }, true],
    [{ DateGreaterThan: { t: '2026-01-01T00:00:00Z' } }, { t: '2026-01-02T00:00:00Z' }, true],
    [{ IpAddress: { ip: '10.0.0.0/8' } }, { ip: '10.1.2.3' }, true],
    [{ NotIpAddress: { ip: '10.0.0.0/8' } }, { ip: '10.1.2.3' }, false],
    [{ 'ForAnyValue:StringEquals': { tags: ['a', 'b'] } }, { tags: ['b', 'c'] }, true],
    [{ 'ForAllValues:StringEquals': { tags: ['a', 'b'] } }, { tags: ['b', 'c'] }, false],
    [{ 'ForAllValues:StringEquals': { tags: ['a'] } }, {}, true],
    [{ StringEquals: { a: '${aws:PrincipalAccount}' } }, { a: '1', 'aws:PrincipalAccount': '1' }, true],
  ])('with the condition %j on %j: %s', (Condition, conditionKeys, holds) => {
    expect(decide({ Condition }, { conditionKeys })).toBe(holds ? 'allow' : 'implicit');
  });

  it('is read from JSON, and refused when it is none', () => {
    expect(parsePolicy('{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')).toMatchObject({
      ok: true,
      statements: [{ Action: '*' }],
    });
    expect(parsePolicy('{')).toMatchObject({ ok: false });
    expect(parsePolicy({ Statement: [{ Effect: 'Maybe', Action: '*' }] })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('Effect'),
    });
    expect(parsePolicy({ Statement: [{ Effect: 'Allow' }] })).toMatchObject({ ok: false, problem: expect.stringContaining('Action') });
  });

  it('knows of every request that it is encrypted, and who is behind it', () => {
    const sourceArn = 'arn:aws:sns:us-east-1:000000000000:news';
    expect(requestKeys({ principal: 'sns.amazonaws.com', sourceArn, requestId: 'r' })).toMatchObject({
      'aws:SecureTransport': 'true',
      'aws:SourceArn': sourceArn,
      'aws:SourceAccount': '000000000000',
      'aws:PrincipalIsAWSService': 'true',
    });
    expect(requestKeys({ principal: ROLE, requestId: 'r' })).toMatchObject({
      'aws:PrincipalArn': ROLE,
      'aws:PrincipalAccount': '000000000000',
    });
  });
});

describe('a wildcard', () => {
  it('matches as the regular expression of the same meaning does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesWildcard(pattern, text)).toBe(expression.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no more than a moment for a pattern made to be slow', () => {
    expect(matchesWildcard(`${'*a'.repeat(50)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
