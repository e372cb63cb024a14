import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { AuthorizationType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AnyPrincipal, ArnPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local/index.ts';
import { deploy, inlineFunction, jsonOf } from './support.ts';

const ECHO = 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext) });';
/** Calls the address that it is given, signed with its own key. */
const CALLER = `exports.handler = async ({ url, service = 'execute-api' }) => {
  const scope = process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/' + service + '/aws4_request';
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + scope + ', SignedHeaders=host, Signature=0';
  const response = await fetch(url, { headers: { authorization } });
  return [response.status, await response.json()];
};`;

function caller(stack: Stack, name: string): LambdaFunction {
  const made = inlineFunction(stack, name, CALLER);
  new CfnOutput(stack, `${name}Name`, { value: made.functionName });
  return made;
}

async function callAs(cloud: LocalCloud, name: string, event: object): Promise<unknown> {
  const FunctionName = cloud.outputs[`${name}Name`];
  const { Payload } = await cloud.client(new LambdaClient({})).send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  return JSON.parse(Payload?.transformToString() ?? '');
}

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/${service}/aws4_request, Signature=0`,
});

describe('a REST API that asks for signed requests', () => {
  const load = () =>
    deploy((stack) => {
      const api = new RestApi(stack, 'Api');
      const echo = new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO));
      api.root.addResource('a').addMethod('GET', echo, { authorizationType: AuthorizationType.IAM });
      caller(stack, 'Granted').addToRolePolicy(
        new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [api.arnForExecuteApi('GET', '/a')] }),
      );
      caller(stack, 'Forgotten');
      new CfnOutput(stack, 'Url', { value: api.urlForPath('/a') });
      return api;
    });

  it('lets pass whom the policies of the role allow, and tells the function who it is', async () => {
    const cloud = await load();
    const url = cloud.outputs.Url;
    expect(await callAs(cloud, 'Granted', { url })).toMatchObject([
      200,
      {
        identity: {
          accountId: '000000000000',
          accessKey: expect.stringMatching(/^ASIA/),
          userArn: expect.stringMatching(/^arn:aws:sts::000000000000:assumed-role\/Test-GrantedServiceRole/),
          user: expect.stringMatching(/^AROA.*:/),
        },
      },
    ]);
    expect(await callAs(cloud, 'Forgotten', { url })).toEqual([
      403,
      {
        message: expect.stringMatching(
          /^User: .*Forgotten.* is not authorized to perform: execute-api:Invoke on resource: .*\/prod\/GET\/a /,
        ),
      },
    ]);
    expect(cloud.access?.refusals).toMatchObject([{ action: 'execute-api:Invoke' }]);
  });

  it('refuses what is not signed, or not for it; the account itself may call', async () => {
    const cloud = await load();
    const ask = async (headers: Record<string, string>) => {
      const response = await cloud.fetch('/prod/a', { headers });
      const body = (await jsonOf(response)) as { message?: string; identity?: { userArn: string } };
      return [response.status, body.message ?? body.identity?.userArn];
    };
    expect(await ask({})).toEqual([403, 'Missing Authentication Token']);
    expect(await ask({ authorization: 'AWS4-HMAC-SHA256 nonsense' })).toEqual([403, expect.stringContaining("requires 'Credential'")]);
    expect(await ask(signed('lambda'))).toEqual([403, "Credential should be scoped to correct service: 'execute-api'."]);
    expect(await ask(signed('execute-api'))).toEqual([200, 'arn:aws:iam::000000000000:root']);
  });

  it('has a say by its resource policy', async () => {
    const cloud = await deploy((stack) => {
      const invited = caller(stack, 'Invited');
      const statement = (effect: Effect, path: string, principal: ArnPrincipal) =>
        new PolicyStatement({
          effect,
          actions: ['execute-api:Invoke'],
          resources: [`execute-api:/*/GET/${path}`],
          principals: [principal],
        });
      const policy = new PolicyDocument({
        statements: [
          statement(Effect.ALLOW, 'a', new ArnPrincipal(invited.role?.roleArn ?? '')),
          statement(Effect.DENY, 'b', new AnyPrincipal()),
        ],
      });
      const api = new RestApi(stack, 'Api', { policy });
      const echo = new LambdaIntegration(inlineFunction(stack, 'Echo', ECHO));
      for (const path of ['a', 'b']) api.root.addResource(path).addMethod('GET', echo, { authorizationType: AuthorizationType.IAM });
      new CfnOutput(stack, 'Url', { value: api.url });
      return api;
    });
    expect(await callAs(cloud, 'Invited', { url: `${cloud.outputs.Url}a` })).toMatchObject([200, {}]);
    expect(await callAs(cloud, 'Invited', { url: `${cloud.outputs.Url}b` })).toMatchObject([
      403,
      { message: expect.stringContaining('explicit deny') },
    ]);
    expect((await cloud.fetch('/prod/b', { headers: signed('execute-api') })).status).toBe(403);
  });
});

describe('an HTTP API that asks for signed requests', () => {
  it('judges the signer', async () => {
    const cloud = await deploy((stack) => {
      const api = new HttpApi(stack, 'Api');
      const integration = new HttpLambdaIntegration('Echo', inlineFunction(stack, 'Echo', ECHO));
      const [route] = api.addRoutes({ path: '/a', methods: [HttpMethod.GET], integration, authorizer: new HttpIamAuthorizer() });
      route?.grantInvoke(caller(stack, 'Granted'));
      caller(stack, 'Forgotten');
      new CfnOutput(stack, 'Url', { value: `${api.apiEndpoint}/a` });
      return undefined;
    });
    const url = cloud.outputs.Url;
    expect(await callAs(cloud, 'Granted', { url })).toMatchObject([
      200,
      { authorizer: { iam: { accountId: '000000000000', userArn: expect.stringContaining('assumed-role/Test-Granted') } } },
    ]);
    expect(await callAs(cloud, 'Forgotten', { url })).toEqual([403, { message: 'Forbidden' }]);
    expect((await cloud.fetch('/a')).status).toBe(403);
  });
});
