import { AssemblyError } from './assembly-error.ts';
import { intrinsicOf, isObject, type Template, type TemplateValue } from './template.ts';

/**
 * The order in which a template's resources can be created: each after those it refers to (`Ref`, `Fn::GetAtt`, `Fn::Sub`)
 * or depends on. Resources that don't care keep the template's order.
 *
 * @throws AssemblyError `CircularDependency`, naming the circle
 */
export function creationOrder(template: Template): string[] {
  const resources = template.Resources ?? {};
  const order: string[] = [];
  const state = new Map<string, 'visiting' | 'done'>();

  const visit = (id: string, trail: readonly string[]): void => {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'visiting') {
      const circle = [...trail.slice(trail.indexOf(id)), id].join(' → ');
      throw new AssemblyError('CircularDependency', `Resources depend on each other in a circle: ${circle}.`);
    }
    state.set(id, 'visiting');
    const resource = resources[id];
    const named = new Set<string>([resource?.DependsOn ?? []].flat());
    if (resource?.Properties) collectReferences(resource.Properties, named);
    for (const other of named) if (other in resources) visit(other, [...trail, id]);
    state.set(id, 'done');
    order.push(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  return order;
}

function collectReferences(value: TemplateValue, into: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collectReferences(item, into);
    return;
  }
  if (!isObject(value)) return;
  const intrinsic = intrinsicOf(value);
  const argument = intrinsic ? (value[intrinsic] ?? null) : null;
  if (intrinsic === 'Ref') into.add(String(argument));
  if (intrinsic === 'Fn::GetAtt') into.add(Array.isArray(argument) ? String(argument[0]) : (String(argument).split('.')[0] ?? ''));
  if (intrinsic === 'Fn::Sub') {
    const text = String(Array.isArray(argument) ? argument[0] : argument);
    for (const match of text.matchAll(/\$\{([^!}.]+)/g)) into.add((match[1] ?? '').trim());
  }
  for (const item of Object.values(value)) collectReferences(item, into);
}
