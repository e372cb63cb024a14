import { expect, test } from 'vitest';
import { Kernel } from '../../../local/kernel/index.ts';
import { EventsService } from '../../../local/services/events/index.ts';
import { StatesService } from '../../../local/services/stepfunctions/index.ts';
import { ROLE } from './harness.ts';

test('a rule starts an execution, and the end of one machine starts the other', async () => {
  const kernel = new Kernel();
  kernel.register(new StatesService(kernel));
  kernel.register(new EventsService(kernel));
  const states = (operation: string, input: object): Record<string, unknown> =>
    kernel.invoke({ service: 'states', operation, input }) as Record<string, unknown>;
  const events = (operation: string, input: object): object | Promise<object> => kernel.invoke({ service: 'events', operation, input });
  const definition = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
  const [first, second] = ['first', 'second'].map((name) =>
    String(states('CreateStateMachine', { name, definition, roleArn: ROLE }).stateMachineArn),
  );
  events('PutRule', { Name: 'orders', EventPattern: JSON.stringify({ source: ['shop'] }) });
  events('PutTargets', { Rule: 'orders', Targets: [{ Id: 't', Arn: first, RoleArn: ROLE, InputPath: '$.detail' }] });
  const pattern = { source: ['aws.states'], detail: { status: ['SUCCEEDED'], stateMachineArn: [first] } };
  events('PutRule', { Name: 'after', EventPattern: JSON.stringify(pattern) });
  events('PutTargets', { Rule: 'after', Targets: [{ Id: 't', Arn: second, RoleArn: ROLE }] });

  await events('PutEvents', { Entries: [{ Source: 'shop', DetailType: 'Ordered', Detail: '{"order":1}' }] });
  await kernel.settle();

  const [ran] = states('ListExecutions', { stateMachineArn: first }).executions as { executionArn: string }[];
  expect(states('DescribeExecution', { executionArn: ran?.executionArn })).toMatchObject({ status: 'SUCCEEDED', output: '{"order":1}' });
  const [after] = states('ListExecutions', { stateMachineArn: second }).executions as { executionArn: string }[];
  const { input, status } = states('DescribeExecution', { executionArn: after?.executionArn });
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(String(input))).toMatchObject({
    'detail-type': 'Step Functions Execution Status Change',
    detail: { executionArn: ran?.executionArn },
  });
});
