import type { ValidateStateMachineDefinitionOutput } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { ResourceRequest } from '../../../local/assembly/resource.ts';
import { stepfunctionsResources } from '../../../local/assembly/resources/stepfunctions.ts';
import { Harness, ROLE } from './harness.ts';

function diagnostics(definition: unknown): (string | undefined)[] {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  const { diagnostics: found = [] } = new Harness().invoke<ValidateStateMachineDefinitionOutput>('ValidateStateMachineDefinition', {
    definition: text,
  });
  return found.map((each) => `${each.code}: ${each.message} at ${each.location ?? null}`);
}

const end = { Type: 'Pass', End: true };

describe('definitions that AWS refuses', () => {
  test.each([
    [
      'a state that is not there',
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } },
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next",
    ],
    [
      'a state that nothing leads to',
      { StartAt: 'A', States: { A: end, C: end } },
      'MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C',
    ],
    [
      'no way out',
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } } },
      'MISSING_END_STATE: Workflow has no terminal state at null',
    ],
    [
      'a field of another type',
      { StartAt: 'A', States: { A: { Type: 'Map', TimeoutSeconds: 1, ItemProcessor: { StartAt: 'P', States: { P: end } }, End: true } } },
      "SCHEMA_VALIDATION_FAILED: Field 'TimeoutSeconds' is not supported at /States/A",
    ],
    [
      'a field of the other language',
      { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { ...end, InputPath: '$' } } },
      "SCHEMA_VALIDATION_FAILED: Field 'InputPath' is not supported at /States/A",
    ],
    [
      'a template that does not parse',
      { StartAt: 'A', States: { A: { ...end, Parameters: { 'a.$': 'States.format(1' } } } },
      "SCHEMA_VALIDATION_FAILED: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters",
    ],
    [
      'an expression that does not parse',
      { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { ...end, Output: '{% 1 + %}' } } },
      'SCHEMA_VALIDATION_FAILED: Unexpected end of expression at /States/A/Output',
    ],
    [
      'a rule without Next',
      { StartAt: 'A', States: { A: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true }], Default: 'B' }, B: end } },
      'SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Choices/0',
    ],
  ])('%s', (_, definition, diagnostic) => {
    expect(diagnostics(definition)).toContain(diagnostic);
    const create = (): string => new Harness().create(definition);
    expect(create).toThrow(expect.objectContaining({ code: 'InvalidDefinition' }));
    expect(create).toThrow(diagnostic);
  });

  test('text that is no JSON', () => {
    expect(diagnostics('{')[0]).toMatch(/^INVALID_JSON_DESCRIPTION: /);
  });

  test('what is right has no diagnostics', () => {
    expect(diagnostics({ StartAt: 'A', States: { A: end } })).toEqual([]);
  });
});

describe('CloudFormation', () => {
  const harness = new Harness();
  const request: ResourceRequest = {
    type: 'AWS::StepFunctions::StateMachine',
    logicalId: 'Saga',
    path: 'Stack/Saga',
    stackName: 'Stack',
    physicalName: () => 'Stack-Saga-1',
  };
  const cloud = {
    kernel: harness.kernel,
    // biome-ignore lint/suspicious/noExplicitAny: as the loader's own
    invoke: (service: Parameters<typeof harness.kernel.invoke>[0]['service'], operation: string, input: object): any =>
      harness.kernel.invoke({ service, operation, input }),
    refuse: (at: ResourceRequest, problem: string) => new Error(`${at.path} (${at.type}): ${problem}`),
  };
  const create = (type: string, properties: object): { ref: string; attributes?: Readonly<Record<string, unknown>> } => {
    const make = stepfunctionsResources[type];
    if (!make) throw new Error(type);
    return make(properties as Record<string, unknown>, { ...request, type }, cloud);
  };

  test('a state machine from text with substitutions, its version and alias', () => {
    const definition = JSON.stringify({ StartAt: 'A', States: { A: { ...end, Result: '${What}', Comment: '${Other}' } } });
    const properties = {
      RoleArn: ROLE,
      DefinitionString: definition,
      DefinitionSubstitutions: { What: 'this' },
      TracingConfiguration: { Enabled: true },
    };
    const made = create('AWS::StepFunctions::StateMachine', properties);
    expect(made).toEqual({
      ref: 'arn:aws:states:us-east-1:000000000000:stateMachine:Stack-Saga-1',
      attributes: { Arn: made.ref, Name: 'Stack-Saga-1', StateMachineRevisionId: 'INITIAL' },
    });
    const described = harness.invoke<{ definition: string }>('DescribeStateMachine', { stateMachineArn: made.ref });
    expect(JSON.parse(described.definition).States.A).toMatchObject({ Result: 'this', Comment: '${Other}' });
    expect(described).toMatchObject({ tracingConfiguration: { enabled: true } });
    const version = create('AWS::StepFunctions::StateMachineVersion', { StateMachineArn: made.ref, StateMachineRevisionId: 'INITIAL' });
    const alias = create('AWS::StepFunctions::StateMachineAlias', {
      Name: 'live',
      RoutingConfiguration: [{ StateMachineVersionArn: version.ref, Weight: 100 }],
    });
    expect([version.ref, alias.ref]).toEqual([`${made.ref}:1`, `${made.ref}:live`]);
  });

  test('an activity, and what is not known', () => {
    expect(create('AWS::StepFunctions::Activity', { Name: 'paint' }).ref).toBe('arn:aws:states:us-east-1:000000000000:activity:paint');
    expect(() => create('AWS::StepFunctions::StateMachine', { RoleArn: ROLE, Colour: 'red' })).toThrow(
      'Stack/Saga (AWS::StepFunctions::StateMachine): ',
    );
    expect(() => create('AWS::StepFunctions::StateMachine', { RoleArn: ROLE })).toThrow('has no Definition');
  });
});
