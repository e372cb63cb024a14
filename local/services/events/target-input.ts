import type { Target } from '@aws-sdk/client-eventbridge';
import { writeJson } from '../../event-pattern/index.ts';
import { type BusEvent, isoSeconds } from './bus-event.ts';
import { validationError } from './errors.ts';
import { followPath, type JsonPath, parseJsonPath } from './json-path.ts';

/** The rule on whose behalf an event is sent, as predefined variables name it. */
export interface RuleName {
  readonly name: string;
  readonly arn: string;
}

export type TargetPayload = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/** Makes what a target receives out of an event. */
export type InputTemplate = (event: BusEvent, rule: RuleName) => TargetPayload;

const PREDEFINED: Readonly<Record<string, (event: BusEvent, rule: RuleName) => unknown>> = {
  'aws.events.rule-arn': (_, rule) => rule.arn,
  'aws.events.rule-name': (_, rule) => rule.name,
  'aws.events.event.ingestion-time': (event) => isoSeconds(event.ingestedAt),
  'aws.events.event.json': (event) => event.value,
  'aws.events.event': ({ head, ingestedAt }) => ({
    id: head.id,
    account: head.account,
    detailType: head.detailType,
    time: isoSeconds(ingestedAt),
    source: head.source,
    region: head.region,
    resources: head.resources,
    version: '0',
  }),
};

/**
 * Compiles what a target says of its input: nothing (the whole event), `Input`, `InputPath` or `InputTransformer`.
 *
 * @throws AwsError ValidationException for more than one of them, bad JSON, a bad path or an unknown placeholder
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function compileInput(target: Target): InputTemplate {
  const { Id, Input, InputPath, InputTransformer } = target;
  if ([Input, InputPath, InputTransformer].filter((given) => given !== undefined).length > 1) {
    throw validationError(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  if (Input !== undefined) {
    if (!isJson(Input)) throw validationError(`JSON syntax error in input for target ${Id}`);
    return () => ({ ok: true, text: Input });
  }
  if (InputPath !== undefined) {
    const path = jsonPath(InputPath, Id);
    return (event) => ({ ok: true, text: writeJson(followPath(path, event.value) ?? null) });
  }
  if (InputTransformer !== undefined) return compileTransformer(InputTransformer, Id);
  return (event) => ({ ok: true, text: event.text });
}

function jsonPath(text: string, target: string | undefined): JsonPath {
  const path = parseJsonPath(text);
  if (!path) throw validationError(`Invalid JSONPath ${text} for target ${target}.`);
  return path;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface Placeholder {
  /** Text before it. */
  readonly before: string;
  readonly name: string;
  /** Inside a JSON string, where values stand without quotes of their own. */
  readonly quoted: boolean;
}

function compileTransformer(transformer: NonNullable<Target['InputTransformer']>, target: string | undefined): InputTemplate {
  const template = transformer.InputTemplate ?? '';
  const paths = new Map(Object.entries(transformer.InputPathsMap ?? {}).map(([name, text]) => [name, jsonPath(text, target)]));
  const { placeholders, rest } = splitTemplate(template);
  for (const { name } of placeholders) {
    if (!paths.has(name) && !Object.hasOwn(PREDEFINED, name)) {
      throw validationError(`InputTemplate for target ${target} contains invalid placeholder ${name}.`);
    }
  }
  // Lines of quoted text are no JSON document: each is a string of its own.
  const isText = template.trimStart().startsWith('"');
  return (event, rule) => {
    const text = placeholders.map(({ before, name, quoted }) => {
      const path = paths.get(name);
      const value = path ? followPath(path, event.value) : PREDEFINED[name]?.(event, rule);
      return before + (quoted ? quotedValue(value, isText) : writeJson(value === undefined ? '' : value));
    });
    const result = text.join('') + rest;
    if (isText ? result.split('\n').every((line) => line.trim() === '' || isJson(line)) : isJson(result)) return { ok: true, text: result };
    return { ok: false, problem: `The input template did not give valid JSON: ${result.slice(0, 500)}` };
  };
}

/** A value inside quotes. Objects and lists lose their quotes in text; in a JSON template they break it, as they do in AWS. */
function quotedValue(value: unknown, isText: boolean): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
  const text = writeJson(value);
  return isText ? text.replaceAll('"', '') : text;
}

function splitTemplate(template: string): { placeholders: Placeholder[]; rest: string } {
  const placeholders: Placeholder[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < template.length; at += 1) {
    const character = template[at];
    if (quoted && character === '\\') {
      at += 1;
    } else if (character === '"') {
      quoted = !quoted;
    } else if (character === '<') {
      const end = template.indexOf('>', at);
      if (end < 0) break;
      placeholders.push({ before: template.slice(from, at), name: template.slice(at + 1, end), quoted });
      from = end + 1;
      at = end;
    }
  }
  return { placeholders, rest: template.slice(from) };
}
