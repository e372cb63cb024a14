import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsOf } from './structure/imports.ts';
import { dangling, LAYERS, type Sources, violations } from './structure/rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['bin', 'examples', 'lambdas', 'lib', 'local'];

/** The folders of this repository, with the sources of all its TypeScript files. */
function repository(): Sources {
  const files = FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/(^|\/)(node_modules|cdk\.out|dist)\//.test(file))
      .map((file) => join(folder, file)),
  );
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

/** The package's own names, and the files they lead to. */
function packageFolders(): ReadonlyMap<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, string | Record<string, string>>;
  };
  const entries = Object.entries(exports).flatMap(([path, conditions]) => {
    const source = typeof conditions === 'string' ? undefined : conditions['millrace-source'];
    return source === undefined ? [] : [[join(name, path), join(source)] as const];
  });
  return new Map(entries);
}

describe('the structure of the sources', () => {
  const sources = repository();
  const names = packageFolders();

  it('has imports that point one way', () => {
    expect(violations(sources, names)).toEqual([]);
  });

  it('was read rightly: every relative import leads to a file, and every layer has some', () => {
    expect(dangling(sources, (file) => existsSync(join(ROOT, file)))).toEqual([]);
    expect(names.get('millrace/runtime')).toBe('lambdas/runtime/index.ts');
    for (const { folder } of LAYERS) {
      expect(
        [...sources.keys()].filter((file) => file.startsWith(`${folder}/`)),
        folder,
      ).not.toEqual([]);
    }
  });
});

describe('the rules', () => {
  const names = new Map([
    ['millrace', 'lib/index.ts'],
    ['millrace/runtime', 'lambdas/runtime/index.ts'],
    ['millrace/local', 'local/index.ts'],
  ]);
  const check = (file: string, source: string) => violations(new Map([[file, source]]), names);

  it.each([
    ['contracts that import the runtime', 'lambdas/contracts/event.ts', `import { api } from '../runtime/index.ts';`],
    ['a runtime that imports a handler', 'lambdas/runtime/outbox/index.ts', `export * from '../../handlers/relay/index.ts';`],
    ['a runtime that imports constructs', 'lambdas/runtime/api/index.ts', `import type { Api } from '../../../lib/api/index.ts';`],
    ['a handler that imports the local cloud by name', 'lambdas/handlers/relay/index.ts', `import { LocalCloud } from 'millrace/local';`],
    ['a function that imports the CDK', 'lambdas/runtime/names.ts', `import { Stack } from 'aws-cdk-lib/core';`],
    ['a construct that imports the local cloud', 'lib/outbox/outbox.ts', `import { Kernel } from '../../local/kernel/index.ts';`],
    ['a construct that loads it late', 'lib/outbox/outbox.ts', `const cloud = await import('../../local/index.ts');`],
    ['a local cloud that imports constructs', 'local/assembly/loader.ts', `import { Outbox } from 'millrace';`],
    ['a kernel that imports a service', 'local/kernel/kernel.ts', `import '../services/sqs/index.ts';`],
    ['a service that imports another', 'local/services/sns/deliver.ts', `import { SqsService } from '../sqs/index.ts';`],
    ['a service that imports the type of another', 'local/services/sns/deliver.ts', `import type { Queue } from "../sqs/queue.ts";`],
    ['a service that names a type of another', 'local/services/sns/deliver.ts', `let queue: import('../sqs/queue.ts').Queue;`],
    ['a service that requires another', 'local/services/sns/deliver.ts', `const sqs = require('../sqs/index.ts');`],
    ['a library that imports an example', 'lib/api/index.ts', `import { stack } from '../../examples/globalair/stack.ts';`],
    ['shipped code that imports a test', 'local/testing/index.ts', `import { helper } from '../../test/helper.ts';`],
    [
      'an import over several lines',
      'lib/api/api.ts',
      `import {\n  type Kernel, // the clock\n  arn as toArn,\n} from '../../local/kernel/index.ts';`,
    ],
  ])('refuse %s', (_what, file, source) => {
    expect(check(file, source)).toMatchObject([{ file, line: 1 }]);
  });

  it.each([
    ['a construct that takes names from the runtime', 'lib/outbox/outbox.ts', `import { variables } from 'millrace/runtime';`],
    ['a service that imports the kernel', 'local/services/sns/deliver.ts', `import type { Kernel } from '../../kernel/index.ts';`],
    ['a service that imports its own files', 'local/services/sns/operations/publish.ts', `import { limits } from '../limits.ts';`],
    ['the file that puts the services together', 'local/services/index.ts', `import { SqsService } from './sqs/index.ts';`],
    [
      'an import in a comment',
      'lib/api/api.ts',
      `/** @example import { LocalCloud } from 'millrace/local'; */\n// import '../../local/index.ts'`,
    ],
    ['an import in a text', 'lib/api/api.ts', "const banner = `import { x } from '../../local/index.ts';`;"],
    ['a command line', 'bin/millrace.ts', `import { LocalCloud } from '../local/index.ts';\nimport { Api } from '../lib/index.ts';`],
  ])('allow %s', (_what, file, source) => {
    expect(check(file, source)).toEqual([]);
  });

  it('know the line of each import, whatever its form', () => {
    const source = `import a, { b } from './a.ts';\n/*\n*/ import type { C } from './c.ts';\nexport { d } from "./d.ts";\nimport './e.ts';\nawait import('./f.ts');`;
    expect(importsOf(source)).toEqual([
      { specifier: './a.ts', line: 1 },
      { specifier: './c.ts', line: 3 },
      { specifier: './d.ts', line: 4 },
      { specifier: './e.ts', line: 5 },
      { specifier: './f.ts', line: 6 },
    ]);
  });
});
