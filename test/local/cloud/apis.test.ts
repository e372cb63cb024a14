import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { describe, expect, it } from 'vitest';
import { deploy, inlineFunction } from '../apigateway/support.ts';

function api(stack: Stack, name: string, stageName: string): RestApi {
  const answer = inlineFunction(stack, `Function${name}`, `exports.handler = async () => ({ statusCode: 200, body: '${name}' });`);
  const made = new RestApi(stack, name, { deployOptions: { stageName } });
  made.root.addMethod('GET', new LambdaIntegration(answer));
  new CfnOutput(stack, `${name}Url`, { value: made.url });
  return made;
}

describe('several APIs', () => {
  it('are told apart by the host, and by the stage where only one has it', async () => {
    const cloud = await deploy((stack) => {
      api(stack, 'Shop', 'v1');
      api(stack, 'Admin', 'v1');
      return api(stack, 'Reports', 'reports');
    });
    const ask = async (path: string, init: RequestInit = {}) => (await cloud.fetch(path, init)).text();
    expect(await ask(cloud.outputs.ShopUrl ?? '')).toBe('Shop');
    expect(await ask(cloud.outputs.AdminUrl ?? '')).toBe('Admin');
    expect(await ask('/v1/', { headers: { host: new URL(cloud.outputs.AdminUrl ?? '').host } })).toBe('Admin');
    expect(await ask('/reports/')).toBe('Reports');
    const ambiguous = await cloud.fetch('/v1/');
    expect(ambiguous.status).toBe(421);
    expect(await ambiguous.json()).toMatchObject({ detail: expect.stringMatching(/Test\/Shop.*Test\/Admin/) });
    const missing = await cloud.fetch('/v2/');
    expect([missing.status, await missing.json()]).toMatchObject([
      404,
      { detail: expect.stringMatching(/Shop.*\(v1\).*Reports.*\(reports\)/) },
    ]);
  });

  it('may be HTTP APIs, which need no stage', async () => {
    const cloud = await deploy((stack) => {
      const http = new HttpApi(stack, 'Http');
      const answer = inlineFunction(stack, 'Function', "exports.handler = async () => 'http';");
      http.addRoutes({ path: '/flights', integration: new HttpLambdaIntegration('Answer', answer) });
      return undefined;
    });
    expect(await (await cloud.fetch('/flights')).text()).toBe('http');
  });

  it('are not mixed up by who asks the service itself', async () => {
    const cloud = await deploy((stack) => {
      api(stack, 'Shop', 'v1');
      return api(stack, 'Admin', 'v1');
    });
    const handled = cloud.services.apigateway.handle({ method: 'GET', path: '/v1/' });
    await expect(cloud.kernel.until(handled)).rejects.toThrow(/apiId/);
  });
});
