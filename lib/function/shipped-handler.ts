import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The handlers that come with constructs. */
export type ShippedHandlerName = 'relay' | 'sweeper' | 'saga-starter';

/** Where a handler's code is: source to bundle, or a directory that was bundled when the package was built. */
export type HandlerCode =
  | { readonly kind: 'source'; readonly entry: string }
  | { readonly kind: 'prebuilt'; readonly bundled: string; readonly runtime: string };

/** Whether the kit itself runs from its TypeScript sources. */
export const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** Condition under which the package's exports lead to its sources; set when handlers are bundled inside the kit's own repository. */
export const SOURCE_CONDITION = 'millrace-source';

/**
 * A handler that the kit ships.
 * @throws Error when the package was installed without its prebuilt handlers
 */
export function shippedHandler(name: ShippedHandlerName): HandlerCode {
  const here = fileURLToPath(new URL('.', import.meta.url));
  if (FROM_SOURCE) return { kind: 'source', entry: join(here, '../../lambdas/handlers', name, 'index.ts') };
  const directory = join(here, '../../handlers', name);
  const code = { kind: 'prebuilt', bundled: join(directory, 'bundled'), runtime: join(directory, 'runtime') } as const;
  if (!existsSync(join(code.bundled, 'index.mjs'))) {
    throw new Error(`The handler ${name} is missing from the installed package (${directory}). Install millrace again.`);
  }
  return code;
}
