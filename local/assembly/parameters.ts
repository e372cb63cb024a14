import { AssemblyError } from './assembly-error.ts';
import type { TemplateParameter, TemplateValue } from './template.ts';

/**
 * The value of a template's parameter, as `Ref` gives it: text, or a list of texts, in whatever form it was written.
 *
 * @param given what a parent stack or the caller says; the parameter's default otherwise
 * @param lookUp the value of a Systems Manager parameter
 * @throws AssemblyError `UnresolvableReference` when there is neither a value nor a default
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function parameterValue(
  name: string,
  { Type: type, Default: fallback }: TemplateParameter,
  given: TemplateValue | undefined,
  stackName: string,
  lookUp: (key: string) => string,
): TemplateValue {
  const stored = /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
  if (stored !== undefined) {
    const key = String(given ?? fallback ?? name);
    // The bootstrap version is a promise of the account, not of the stack.
    return key.startsWith('/cdk-bootstrap/') ? '999' : inForm(stored, lookUp(key));
  }
  const value = given ?? fallback;
  if (value !== undefined && value !== null) return inForm(type, value);
  throw new AssemblyError('UnresolvableReference', `Stack ${stackName}: the parameter ${name} has no default and was given no value.`);
}

/** `Number` too is text: `Ref` gives what was typed, and each property reads it as it needs. */
function inForm(type: string, value: NonNullable<TemplateValue>): TemplateValue {
  if (type !== 'CommaDelimitedList' && !type.startsWith('List<')) return String(value);
  return Array.isArray(value)
    ? value.map(String)
    : String(value)
        .split(',')
        .map((item) => item.trim());
}
