import { ACCOUNT, REGION } from '../kernel/index.ts';
import { AssemblyError } from './assembly-error.ts';
import { intrinsicOf, isObject, type Template, type TemplateValue } from './template.ts';

/** What the references of one stack resolve to. */
export interface Scope {
  readonly stackName: string;
  readonly template: Template;
  /** Value of `Ref`, for parameters and for resources that exist. */
  readonly refs: ReadonlyMap<string, TemplateValue>;
  /** Attributes of resources that exist. */
  readonly attributes: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Exports of all stacks so far. */
  readonly exports: ReadonlyMap<string, TemplateValue>;
  /** Value of `{{resolve:service:key}}`. */
  dynamic(service: string, key: string): string;
}

/** Stands for AWS::NoValue: the property is left out. */
const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = unknown;

const PSEUDO: Readonly<Record<string, unknown>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NotificationARNs': [],
  'AWS::NoValue': NO_VALUE,
};

/**
 * Resolves the intrinsic functions in `value`.
 *
 * @param where what is being resolved, for messages: a construct path
 * @throws AssemblyError `UnresolvableReference`
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export function resolve(value: TemplateValue, scope: Scope, where: string): Resolved {
  const result = evaluate(value, scope, where);
  return result === NO_VALUE ? undefined : result;
}

/** Whether the template's condition of that name holds. */
export function conditionHolds(name: string, scope: Scope): boolean {
  const condition = scope.template.Conditions?.[name];
  if (condition === undefined) {
    throw new AssemblyError('UnresolvableReference', `Stack ${scope.stackName} has no condition '${name}'.`);
  }
  return evaluate(condition, scope, `condition ${name}`) === true;
}

function evaluate(value: TemplateValue, scope: Scope, where: string): Resolved {
  if (typeof value === 'string') return withDynamicReferences(value, scope);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope, where)).filter((item) => item !== NO_VALUE);
  const intrinsic = intrinsicOf(value);
  const object = value as Readonly<Record<string, TemplateValue>>;
  if (intrinsic) {
    const fn = FUNCTIONS[intrinsic];
    if (!fn) {
      throw new AssemblyError(
        'UnresolvableReference',
        `${where}: the local cloud does not know the intrinsic function ${intrinsic}. It knows ${Object.keys(FUNCTIONS).join(', ')}.`,
      );
    }
    return fn(object[intrinsic] ?? null, scope, where);
  }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(object)) {
    const resolved = evaluate(item, scope, where);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

type IntrinsicFunction = (argument: TemplateValue, scope: Scope, where: string) => Resolved;

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (name, scope, where) => reference(String(name), scope, where),
  'Fn::GetAtt': (argument, scope, where) => {
    const text = Array.isArray(argument) ? argument.map((part) => String(evaluate(part, scope, where))).join('.') : String(argument);
    const dot = text.indexOf('.');
    return attribute(text.slice(0, dot), text.slice(dot + 1), scope, where);
  },
  'Fn::Join': (argument, scope, where) => {
    const [separator, items] = list(argument, scope, where);
    return asList(items, 'Fn::Join', where).map(String).join(String(separator));
  },
  'Fn::Split': (argument, scope, where) => {
    const [separator, text] = list(argument, scope, where);
    return String(text).split(String(separator));
  },
  'Fn::Select': (argument, scope, where) => {
    const [index, items] = list(argument, scope, where);
    const all = asList(items, 'Fn::Select', where);
    const item = all[Number(index)];
    if (item === undefined) {
      throw new AssemblyError('UnresolvableReference', `${where}: Fn::Select asks for item ${String(index)} of ${all.length}.`);
    }
    return item;
  },
  'Fn::Sub': (argument, scope, where) => substitute(argument, scope, where),
  'Fn::If': (argument, scope, where) => {
    const [condition, yes, no] = argument as readonly TemplateValue[];
    return evaluate((conditionHolds(String(condition), scope) ? yes : no) ?? null, scope, where);
  },
  'Fn::Equals': (argument, scope, where) => {
    const [a, b] = list(argument, scope, where);
    return asText(a) === asText(b);
  },
  'Fn::And': (argument, scope, where) => list(argument, scope, where).every((item) => item === true),
  'Fn::Or': (argument, scope, where) => list(argument, scope, where).some((item) => item === true),
  'Fn::Not': (argument, scope, where) => list(argument, scope, where)[0] !== true,
  Condition: (name, scope) => conditionHolds(String(name), scope),
  'Fn::ImportValue': (argument, scope, where) => {
    const name = String(evaluate(argument, scope, where));
    const value = scope.exports.get(name);
    if (value === undefined) {
      throw new AssemblyError('UnresolvableReference', `${where}: no stack of this assembly exports '${name}'.`);
    }
    return value;
  },
  'Fn::FindInMap': (argument, scope, where) => {
    const [map, first, second] = list(argument, scope, where).map(String);
    const found = scope.template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
    if (found === undefined) {
      throw new AssemblyError('UnresolvableReference', `${where}: the mapping ${map} has no entry ${first} / ${second}.`);
    }
    return evaluate(found, scope, where);
  },
  'Fn::Base64': (argument, scope, where) => Buffer.from(String(evaluate(argument, scope, where))).toString('base64'),
  'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => REGION + zone),
  'Fn::Length': (argument, scope, where) => asList(evaluate(argument, scope, where), 'Fn::Length', where).length,
  'Fn::ToJsonString': (argument, scope, where) => JSON.stringify(evaluate(argument, scope, where)),
};

function reference(name: string, scope: Scope, where: string): Resolved {
  if (name === 'AWS::StackName') return scope.stackName;
  if (name === 'AWS::StackId') return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${scope.stackName}/local`;
  if (name in PSEUDO) return PSEUDO[name];
  const value = scope.refs.get(name);
  if (value === undefined) {
    throw new AssemblyError('UnresolvableReference', `${where}: Ref to '${name}', which stack ${scope.stackName} has not created.`);
  }
  return value;
}

function attribute(name: string, path: string, scope: Scope, where: string): Resolved {
  const attributes = scope.attributes.get(name);
  const value = attributes?.[path];
  if (value === undefined) {
    const known = attributes ? Object.keys(attributes).join(', ') || 'none' : 'the resource does not exist';
    throw new AssemblyError('UnresolvableReference', `${where}: Fn::GetAtt ${name}.${path} is not known here (known: ${known}).`);
  }
  return value;
}

function substitute(argument: TemplateValue, scope: Scope, where: string): string {
  const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
  const variables = isObject(given) ? given : {};
  return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, expression: string) => {
    if (literal) return `\${${expression}}`;
    const name = expression.trim();
    const own = variables[name];
    if (own !== undefined) return String(evaluate(own, scope, where));
    const dot = name.indexOf('.');
    return String(dot < 0 ? reference(name, scope, where) : attribute(name.slice(0, dot), name.slice(dot + 1), scope, where));
  });
}

function withDynamicReferences(text: string, scope: Scope): string {
  if (!text.includes('{{resolve:')) return text;
  return text.replace(/\{\{resolve:([\w-]+):([^}]+)\}\}/g, (_, service: string, key: string) => scope.dynamic(service, key));
}

/** CloudFormation compares as text: 1 is '1', true is 'true'. */
function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function list(argument: TemplateValue, scope: Scope, where: string): readonly unknown[] {
  return asList(evaluate(argument, scope, where), 'the function', where);
}

function asList(value: unknown, what: string, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new AssemblyError('UnresolvableReference', `${where}: ${what} needs a list and got ${JSON.stringify(value)}.`);
}
