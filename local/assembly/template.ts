/** A value in a template: plain JSON in which intrinsic functions may stand anywhere. */
export type TemplateValue = null | boolean | number | string | readonly TemplateValue[] | { readonly [key: string]: TemplateValue };

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, TemplateValue>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
}

/** The parts of a CloudFormation template that decide what is created. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, TemplateValue>>>>>>;
  readonly Conditions?: Readonly<Record<string, TemplateValue>>;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: TemplateValue; readonly Export?: { readonly Name: TemplateValue }; readonly Condition?: string }>
  >;
}

export function isObject(value: unknown): value is Readonly<Record<string, TemplateValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The single key of an object that is an intrinsic function: `Ref`, `Condition` or `Fn::…`. */
export function intrinsicOf(value: TemplateValue): string | undefined {
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  const key = keys[0];
  if (keys.length !== 1 || key === undefined) return undefined;
  return key === 'Ref' || key === 'Condition' || key.startsWith('Fn::') ? key : undefined;
}
