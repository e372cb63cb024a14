import { App, CfnCondition, CfnOutput, CfnParameter, type CfnStack, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { StringListParameter } from 'aws-cdk-lib/aws-ssm';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalCloud } from '../../../local/index.ts';

const clouds: LocalCloud[] = [];
afterEach(() => Promise.all(clouds.splice(0).map((cloud) => cloud.stop())));

async function load(build: (stack: Stack, app: App) => void): Promise<LocalCloud> {
  const app = new App({ analyticsReporting: false, context: { 'aws:cdk:enable-asset-metadata': true } });
  build(new Stack(app, 'Test'), app);
  const cloud = await LocalCloud.fromApp(app);
  clouds.push(cloud);
  return cloud;
}

describe('template parameters', () => {
  it.each([
    ['CommaDelimitedList', 'a, b'],
    ['List<Number>', '1,2'],
    ['List<AWS::EC2::Subnet::Id>', 'subnet-1,subnet-2'],
  ])('are lists where the type is %s', async (type, text) => {
    const cloud = await load((stack) => {
      const parameter = new CfnParameter(stack, 'Given', { type, default: text });
      new CfnOutput(stack, 'Joined', { value: Fn.join('|', parameter.valueAsList) });
      new CfnOutput(stack, 'Second', { value: Fn.select(1, parameter.valueAsList) });
    });
    const [first, second] = text.split(/, ?/);
    expect(cloud.outputs).toMatchObject({ Joined: `${first}|${second}`, Second: second });
  });

  it('are text where they are numbers, which properties take as numbers', async () => {
    const cloud = await load((stack) => {
      const parameter = new CfnParameter(stack, 'Limit', { type: 'Number', default: 1 });
      const isOne = new CfnCondition(stack, 'IsOne', { expression: Fn.conditionEquals(parameter.value, '1') });
      const isOneToo = new CfnCondition(stack, 'IsOneToo', { expression: Fn.conditionEquals(parameter.value, 1) });
      new CfnOutput(stack, 'Chosen', { value: Fn.conditionIf('IsOne', 'one', 'other').toString(), condition: isOneToo });
      isOne.overrideLogicalId('IsOne');
      const metric = new Metric({ namespace: 'N', metricName: 'M' });
      new Alarm(stack, 'Alarm', { metric, evaluationPeriods: 1, threshold: parameter.valueAsNumber });
    });
    expect(cloud.outputs).toMatchObject({ Chosen: 'one' });
    const alarm = cloud.resources.find(({ type }) => type === 'AWS::CloudWatch::Alarm');
    expect(alarm?.properties.Threshold).toBe('1');
  });

  it('are lists that Systems Manager keeps', async () => {
    const cloud = await load((stack, app) => {
      new StringListParameter(stack, 'Zones', { parameterName: '/zones', stringListValue: ['x', 'y'] });
      const second = new Stack(app, 'Second');
      second.addStackDependency(stack);
      const parameter = new CfnParameter(second, 'Given', { type: 'AWS::SSM::Parameter::Value<List<String>>', default: '/zones' });
      new CfnOutput(second, 'Joined', { value: Fn.join('|', parameter.valueAsList) });
    });
    expect(cloud.outputs).toMatchObject({ Joined: 'x|y' });
  });

  it('come from the parent of a nested stack', async () => {
    const cloud = await load((stack) => {
      const nested = new NestedStack(stack, 'Nested', { parameters: { Names: 'a,b' } });
      const parameter = new CfnParameter(nested, 'Names', { type: 'CommaDelimitedList' });
      new CfnOutput(nested, 'Joined', { value: Fn.join('|', parameter.valueAsList) });
      new CfnOutput(stack, 'FromNested', {
        value: Fn.getAtt(stack.getLogicalId(nested.nestedStackResource as CfnStack), 'Outputs.Joined').toString(),
      });
    });
    expect(cloud.outputs).toMatchObject({ FromNested: 'a|b' });
  });
});
