import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT, type ServiceName } from '../../../local/kernel/index.ts';
import type { WireRequest, WireResponse } from '../../../local/wire/index.ts';
import { type StubCloud, stubCloud } from './stub-cloud.ts';

const SERVICES: readonly ServiceName[] = [
  'apigateway',
  'cloudwatch',
  'dynamodb',
  'lambda',
  's3',
  'scheduler',
  'sns',
  'sqs',
  'states',
  'sts',
];
const ROLE = 'arn:aws:iam::000000000000:role/worker';

function signed(service: string, key = 'AKIDTEST'): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

describe('where a request goes', () => {
  let cloud: StubCloud;
  const services = new Map<string, ServiceName>();

  beforeAll(async () => {
    cloud = await stubCloud(SERVICES, (key) => (key === 'AKIDWORKER' ? ROLE : undefined));
    cloud.kernel.intercept({ before: (call) => void services.set(call.operation, call.service) });
  });
  beforeEach(() => {
    cloud.seen.length = 0;
    services.clear();
    cloud.answer = () => ({});
  });
  afterAll(() => cloud.stop());

  async function ask(request: Partial<WireRequest> & { readonly form?: string }): Promise<WireResponse> {
    const { form, ...rest } = request;
    const response = await cloud.wire.handle({
      method: 'POST',
      url: '/',
      body: Buffer.from(form ?? ''),
      ...rest,
      headers: { host: '127.0.0.1:4566', ...(form === undefined ? {} : FORM), ...rest.headers },
    });
    expect(cloud.faults).toEqual([]);
    return response;
  }

  const cases: readonly (readonly [string, Parameters<typeof ask>[0], `${ServiceName}:${string}`, object])[] = [
    [
      'a target',
      { headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body: Buffer.from('{"Limit":3}') },
      'dynamodb:ListTables',
      { Limit: 3 },
    ],
    ['an empty body under a target', { headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' } }, 'dynamodb:ListTables', {}],
    [
      'an RPC v2 path',
      {
        url: '/service/GraniteServiceVersion20100801/operation/ListMetrics',
        headers: { 'smithy-protocol': 'rpc-v2-json' },
        body: Buffer.from('{"Namespace":"n"}'),
      },
      'cloudwatch:ListMetrics',
      { Namespace: 'n' },
    ],
    ['a signature', { headers: signed('sts'), form: 'Action=GetCallerIdentity&Version=2011-06-15' }, 'sts:GetCallerIdentity', {}],
    ['the version of an unsigned form', { form: 'Action=Publish&Version=2010-03-31&Message=hi' }, 'sns:Publish', { Message: 'hi' }],
    [
      'the query of a GET',
      { method: 'GET', url: '/?Action=ListTopics&Version=2010-03-31&NextToken=a%20b' },
      'sns:ListTopics',
      { NextToken: 'a b' },
    ],
    [
      'a queue as path',
      { url: '/000000000000/jobs', form: 'Action=SendMessage&MessageBody=a+b%26c' },
      'sqs:SendMessage',
      { QueueUrl: 'http://127.0.0.1:4566/000000000000/jobs', MessageBody: 'a b&c' },
    ],
    [
      'a queue as path beside a parameter',
      { url: '/000000000000/jobs', form: 'Action=SendMessage&QueueUrl=http%3A%2F%2Fx%2F000000000000%2Fother&MessageBody=m' },
      'sqs:SendMessage',
      { QueueUrl: 'http://x/000000000000/other', MessageBody: 'm' },
    ],
    [
      'an old name of a member',
      { form: 'Action=ReceiveMessage&Version=2012-11-05&QueueUrl=u&AttributeName.1=All&MessageAttributeName.2=b&MessageAttributeName.1=a' },
      'sqs:ReceiveMessage',
      { QueueUrl: 'u', AttributeNames: ['All'], MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['a', 'b'] },
    ],
    ['the host of AWS', { headers: { host: 'sns.eu-west-1.amazonaws.com' }, form: 'Action=ListTopics' }, 'sns:ListTopics', {}],
    ["a service's path", { method: 'GET', url: '/2015-03-31/functions/' }, 'lambda:ListFunctions', {}],
    ['another path of the service', { method: 'GET', url: '/2018-10-31/layers?Marker=m' }, 'lambda:ListLayers', { Marker: 'm' }],
    [
      'the path of a schedule',
      { method: 'GET', url: '/schedules/nightly?groupName=g' },
      'scheduler:GetSchedule',
      { Name: 'nightly', GroupName: 'g' },
    ],
    [
      'an encoded label',
      {
        method: 'GET',
        url: '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af?Qualifier=live',
        headers: signed('lambda'),
      },
      'lambda:GetFunction',
      { FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:f', Qualifier: 'live' },
    ],
    ['no bucket', { method: 'GET', headers: signed('s3') }, 's3:ListBuckets', {}],
    ['a bucket', { method: 'GET', url: '/shop', headers: signed('s3') }, 's3:ListObjects', { Bucket: 'shop' }],
    [
      'a bucket, listed anew',
      { method: 'GET', url: '/shop/?list-type=2&prefix=a%2F', headers: signed('s3') },
      's3:ListObjectsV2',
      { Bucket: 'shop', Prefix: 'a/' },
    ],
    [
      'a part of a bucket',
      { method: 'GET', url: '/shop?notification=', headers: signed('s3') },
      's3:GetBucketNotificationConfiguration',
      { Bucket: 'shop' },
    ],
    [
      'an object',
      { method: 'GET', url: '/shop/a/b%20c//d%2Be', headers: signed('s3') },
      's3:GetObject',
      { Bucket: 'shop', Key: 'a/b c//d+e' },
    ],
    ['an object without a signature', { method: 'GET', url: '/shop/page.html' }, 's3:GetObject', { Bucket: 'shop', Key: 'page.html' }],
    [
      'an object behind a presigned URL',
      {
        method: 'GET',
        url: '/shop/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0&versionId=v',
      },
      's3:GetObject',
      { Bucket: 'shop', Key: 'k', VersionId: 'v' },
    ],
    [
      'a bucket in the host',
      { method: 'HEAD', url: '/k/', headers: { ...signed('s3'), host: 'my.shop.s3.localhost:4566' } },
      's3:HeadObject',
      { Bucket: 'my.shop', Key: 'k/' },
    ],
    [
      'a bucket before localhost',
      { method: 'HEAD', url: '/', headers: { ...signed('s3'), host: 'shop.localhost:4566' } },
      's3:HeadBucket',
      { Bucket: 'shop' },
    ],
    [
      'a bucket in a host of AWS',
      { method: 'DELETE', url: '/k', headers: { host: 'shop.s3.us-east-1.amazonaws.com' } },
      's3:DeleteObject',
      { Bucket: 'shop', Key: 'k' },
    ],
    [
      'a copy, told by its header',
      { method: 'PUT', url: '/shop/k', headers: { ...signed('s3'), 'x-amz-copy-source': 'shop/j' } },
      's3:CopyObject',
      { Bucket: 'shop', Key: 'k', CopySource: 'shop/j' },
    ],
    [
      'a part, told by its query',
      { method: 'PUT', url: '/shop/k?partNumber=2&uploadId=u', headers: signed('s3') },
      's3:UploadPart',
      { Bucket: 'shop', Key: 'k', PartNumber: 2, UploadId: 'u', Body: new Uint8Array() },
    ],
    [
      'the parts of an upload',
      { method: 'GET', url: '/shop/k?uploadId=u', headers: signed('s3') },
      's3:ListParts',
      { Bucket: 'shop', Key: 'k', UploadId: 'u' },
    ],
    [
      'an absolute URL',
      { method: 'GET', url: 'https://shop.s3.amazonaws.com/k', headers: { ...signed('s3'), host: 'shop.s3.amazonaws.com' } },
      's3:GetObject',
      { Bucket: 'shop', Key: 'k' },
    ],
  ];

  it.each(cases)('%s', async (_sign, request, expected, input) => {
    const response = await ask(request);
    expect(response.status).toBeLessThan(300);
    expect(cloud.seen.map(({ operation }) => `${services.get(operation)}:${operation}`)).toEqual([expected]);
    expect(cloud.seen[0]?.input).toEqual(input);
  });

  it('calls as the account for any key, and as the role of a function for its key', async () => {
    const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    await ask({ headers: { ...signed('dynamodb', 'AKIDWORKER'), ...target } });
    await ask({ headers: { ...signed('dynamodb', 'whoever'), ...target } });
    await ask({ headers: target });
    await ask({ url: '/2015-03-31/functions/?X-Amz-Credential=AKIDWORKER%2F20260101%2Fus-east-1%2Flambda%2Faws4_request', method: 'GET' });
    await ask({ url: '/shop/k', method: 'GET', headers: { authorization: 'AWS AKIDWORKER:c2ln' } });
    expect(cloud.seen.map(({ principal }) => principal)).toEqual([ROLE, ROOT, ROOT, ROLE, ROLE]);
  });

  it('hands requests for a deployed API to API Gateway, whole', async () => {
    cloud.answer = () => ({
      statusCode: 418,
      headers: { 'Content-Type': 'text/plain', 'Set-Cookie': ['a=1', 'b=2'] },
      body: 'short and stout',
    });
    const body = Buffer.from([0, 255]);
    const response = await ask({
      url: '/_aws/execute-api/abc123/prod/tea/a%2Fb?x=1&x=2',
      headers: { 'x-custom': 'é' },
      body,
      sourceIp: '::1',
    });
    expect(cloud.seen[0]).toMatchObject({
      operation: 'HandleRequest',
      input: {
        apiId: 'abc123',
        stage: 'prod',
        method: 'POST',
        path: '/tea/a%2Fb',
        rawQuery: 'x=1&x=2',
        headers: { 'x-custom': 'é' },
        sourceIp: '::1',
      },
    });
    expect(cloud.seen[0]?.input.body).toEqual(new Uint8Array([0, 255]));
    expect(response.status).toBe(418);
    expect(response.headers).toMatchObject({ 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] });
    expect(Buffer.from(response.body).toString()).toBe('short and stout');
  });

  it('knows an API by its host, where the stage is left to the path', async () => {
    cloud.answer = () => ({ statusCode: 204 });
    const response = await ask({ method: 'GET', url: '/prod/tea', headers: { host: 'abc123.execute-api.localhost:4566' } });
    expect(response.status).toBe(204);
    expect(cloud.seen[0]?.input).toMatchObject({ apiId: 'abc123', path: '/prod/tea', method: 'GET' });
    expect(cloud.seen[0]?.input).not.toHaveProperty('stage');
  });

  it('tells which services it has', async () => {
    const response = await ask({ method: 'GET', url: '/_millrace/health' });
    const report: unknown = JSON.parse(Buffer.from(response.body).toString());
    expect(report).toMatchObject({ status: 'ok', account: '000000000000', region: 'us-east-1', services: [...SERVICES].sort() });
  });
});
