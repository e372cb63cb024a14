import { compilePattern, InvalidPatternError, matchesEvent, type Pattern } from '../../../event-pattern/index.ts';
import { invalid } from './settings.ts';

/** Whether a record goes to the function, by the mapping's filter criteria: one fitting filter is enough. */
export type RecordFilter = (record: object) => boolean;

/** @throws AwsError `InvalidParameterValueException` for a pattern that Lambda refuses */
export function recordFilter(patterns: readonly string[]): RecordFilter | undefined {
  if (patterns.length === 0) return undefined;
  const compiled = patterns.map(compile);
  return (record) => compiled.some((pattern) => matchesEvent(pattern, record));
}

function compile(pattern: string): Pattern {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof InvalidPatternError)) throw error;
    throw invalid(`Invalid filter pattern definition. ${error.message}`);
  }
}

/** Data and bodies are filtered by their fields when they are JSON, else as text. */
export function filterable(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : text;
  } catch {
    return text;
  }
}
