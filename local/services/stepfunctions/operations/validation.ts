import type { ValidateStateMachineDefinitionInput, ValidateStateMachineDefinitionOutput } from '@aws-sdk/client-sfn';
import { diagnose } from '../asl/parse.ts';
import { required } from './checks.ts';
import type { Services } from './context.ts';

export function validateStateMachineDefinition(
  _services: Services,
  input: ValidateStateMachineDefinitionInput,
): ValidateStateMachineDefinitionOutput {
  const all = diagnose(required(input.definition, 'definition'));
  const most = input.maxResults || 100;
  return {
    result: all.some((each) => each.severity === 'ERROR') ? 'FAIL' : 'OK',
    diagnostics: all.slice(0, most).map(({ location, ...rest }) => ({ ...rest, ...(location === null ? {} : { location }) })),
    truncated: all.length > most,
  };
}
