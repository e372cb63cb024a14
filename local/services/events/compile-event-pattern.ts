import { compilePattern, InvalidPatternError, type Pattern } from '../../event-pattern/index.ts';
import { AwsError } from '../../kernel/index.ts';
import { validationError } from './errors.ts';

const LONGEST = 4_096;

/** @throws AwsError InvalidEventPatternException with AWS's reason */
export function compileEventPattern(text: string): Pattern {
  if (text.length > LONGEST) {
    throw validationError(
      `1 validation error detected: Value '${text}' at 'eventPattern' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST}`,
    );
  }
  try {
    return compilePattern(text);
  } catch (error) {
    if (error instanceof InvalidPatternError) throw new AwsError('InvalidEventPatternException', error.message, { cause: error });
    throw error;
  }
}
