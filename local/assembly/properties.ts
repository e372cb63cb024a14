import type { ResourceCloud, ResourceRequest } from './resource.ts';

/**
 * Refuses properties that a resource type does not know, so that nothing a template asks for is passed over.
 *
 * @throws Error naming type, construct path and property
 */
export function refuseUnknown(properties: object, known: readonly string[], request: ResourceRequest, cloud: ResourceCloud): void {
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const [what, it] = unknown.length > 1 ? ['properties', 'them'] : ['property', 'it'];
  throw cloud.refuse(
    request,
    `The local cloud does not know the ${what} ${unknown.join(', ')}. Check the spelling, or leave ${it} out of the stack that you run locally.`,
  );
}

/** The properties that are given, under the same names: what most resource types hand on to their service. */
export function pick<Properties extends object, Name extends keyof Properties>(
  properties: Properties,
  ...names: Name[]
): Pick<Properties, Name> {
  return Object.fromEntries(names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]])) as Pick<
    Properties,
    Name
  >;
}

/** CloudFormation takes a number also as text. */
export function toNumber(value: number | string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
