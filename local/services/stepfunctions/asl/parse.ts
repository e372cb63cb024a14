import { AwsError } from '../../../kernel/index.ts';
import { parseJson } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { checkDefinition } from './check.ts';
import type { Definition } from './definition.ts';
import { type Diagnostic, schemaError } from './diagnostic.ts';

/** Everything that is wrong with a definition's text. */
export function diagnose(text: string): Diagnostic[] {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    return [{ severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION', message: `Invalid JSON: ${parsed.problem}`, location: null }];
  }
  if (Buffer.byteLength(text) > LIMITS.definitionBytes) return [schemaError('The definition is longer than 1 MB', '/')];
  return checkDefinition(parsed.value);
}

/**
 * The definition that a text holds.
 *
 * @throws AwsError `InvalidDefinition`
 */
export function parseDefinition(text: string): Definition {
  const errors = diagnose(text).filter((each) => each.severity === 'ERROR');
  if (errors.length > 0) {
    const list = errors.map(
      (each) => `${each.code}: ${each.message}${each.code === 'INVALID_JSON_DESCRIPTION' ? '' : ` at ${each.location}`}`,
    );
    throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${list.join(', ')}'`);
  }
  return JSON.parse(text) as Definition;
}
