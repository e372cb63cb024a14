import type { FlagValue } from './feature-flags.ts';

const NAME = /^[a-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Flags as AppConfig keeps them: what each is, and its value.
 * @throws Error for a name that AppConfig refuses
 * @see https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html
 */
export function documentOf(path: string, flags: Readonly<Record<string, boolean | FlagValue>>): object {
  const definitions: Record<string, object> = {};
  const values: Record<string, object> = {};
  for (const [name, given] of Object.entries(flags)) {
    const { enabled, attributes = {}, description }: FlagValue = typeof given === 'boolean' ? { enabled: given } : given;
    for (const key of [name, ...Object.keys(attributes)]) {
      if (NAME.test(key) && key !== 'enabled') continue;
      throw new Error(
        `${path}: ${JSON.stringify(key)} cannot be the name of a flag or attribute; it must be a lower-case letter, then up to 63 letters, digits, '-' or '_', and not 'enabled'.`,
      );
    }
    definitions[name] = {
      name,
      ...(description === undefined ? {} : { description }),
      ...(Object.keys(attributes).length === 0
        ? {}
        : {
            attributes: Object.fromEntries(
              Object.entries(attributes).map(([key, value]) => [key, { constraints: { type: typeof value } }]),
            ),
          }),
    };
    values[name] = { enabled, ...attributes };
  }
  return { version: '1', flags: definitions, values };
}
