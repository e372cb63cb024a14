import { describe, expect, it } from 'vitest';
import { TestSqs } from './queue-client.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:news';
const bySns = { principal: 'sns.amazonaws.com', sourceArn: TOPIC };

function policy(...statements: object[]): Record<string, string> {
  return { Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) };
}

const allowTopic = {
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: 'arn:aws:sqs:us-east-1:000000000000:jobs',
  Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } },
};
const tlsOnly = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'sqs:*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

describe('the policy of a queue', () => {
  it('lets a service in only where it says so', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    expect(sqs.errorOf(() => queue.send('x', {}, bySns))).toMatchObject({ code: 'AccessDenied', status: 403 });
    queue.set(policy(allowTopic, tlsOnly));
    queue.send('x', {}, bySns);
    const other = { ...bySns, sourceArn: `${TOPIC}-2` };
    expect(sqs.errorOf(() => queue.send('x', {}, other)).code).toBe('AccessDenied');
    expect(sqs.errorOf(() => queue.send('x', {}, { ...bySns, principal: 'events.amazonaws.com' })).code).toBe('AccessDenied');
    expect(queue.counts()).toEqual([1, 0, 0]);
  });

  it('needs no statement for callers whose own policies decide, and denies them where it says so', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs');
    const principal = 'arn:aws:sts::000000000000:assumed-role/worker/1';
    queue.send('x', {}, { principal });
    queue.set(policy({ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }));
    expect(sqs.errorOf(() => queue.send('x', {}, { principal })).code).toBe('AccessDenied');
  });

  it('does not help a service that would need the AWS-managed key', () => {
    const sqs = new TestSqs();
    const queue = sqs.create('jobs', { KmsMasterKeyId: 'alias/aws/sqs', ...policy(allowTopic) });
    expect(sqs.errorOf(() => queue.send('x', {}, bySns)).code).toBe('KmsAccessDenied');
    queue.send('x');
    queue.set({ KmsMasterKeyId: 'arn:aws:kms:us-east-1:000000000000:key/own' });
    queue.send('x', {}, bySns);
  });

  it('is refused when it is no policy', () => {
    const sqs = new TestSqs();
    expect(sqs.errorOf(() => sqs.create('jobs', { Policy: '{' })).code).toBe('InvalidAttributeValue');
    const odd = policy({ ...allowTopic, Condition: { ArnIsh: { 'aws:SourceArn': TOPIC } } });
    expect(sqs.errorOf(() => sqs.create('jobs', odd)).message).toContain('ArnIsh');
  });
});
