import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { LocalCloud } from 'millrace/local';
import { describe, expect, it } from 'vitest';
import { compile, fileOf, writeSnippets } from './compile.ts';
import { ROOT, readPages, type Snippet, snippetsOf } from './pages.ts';

const directory = join(ROOT, '.cache/snippets');
const snippets = readPages().flatMap(snippetsOf);
const wrong: Snippet = {
  page: 'counter-example.md',
  line: 3,
  file: 'wrong.ts',
  run: false,
  code: ["import { defineEvent } from 'millrace/contracts';", "defineEvent('order.placed', { version: 'one' });"].join('\n'),
};
writeSnippets(directory, [...snippets, wrong]);

describe('the TypeScript in README and docs', () => {
  const complaints = compile(directory, [...snippets, wrong]);

  it('compiles under the settings of the repository', () => {
    expect(complaints.filter(({ page }) => page !== wrong.page).map(({ page, line, message }) => `${page}:${line}: ${message}`)).toEqual(
      [],
    );
    expect(snippets.length).toBeGreaterThan(20);
  });

  it('would not compile if it were wrong: the line of the page is named', () => {
    expect(complaints.filter(({ page }) => page === wrong.page)).toEqual([
      expect.objectContaining({ line: 4, message: expect.stringContaining("'string' is not assignable to type 'number'") }),
    ]);
  });
});

describe('every stack in README and docs', () => {
  const pages = [...new Set(snippets.filter(({ code }) => /\bextends Stack\b/.test(code)).map(({ page }) => page))];
  it.each(pages)('%s synthesizes, and the local cloud runs it', async (page) => {
    for (const snippet of snippets.filter((each) => each.page === page && /\bextends Stack\b/.test(each.code))) {
      const exported: Record<string, unknown> = await import(fileOf(directory, snippet));
      const stacks = Object.values(exported).filter(isStackClass);
      expect(stacks, `${page}:${snippet.line}: a block with a stack exports it`).not.toEqual([]);
      for (const StackClass of stacks) {
        const app = new App({
          context: { 'millrace:aws-sdk': 'runtime', 'aws:cdk:enable-asset-metadata': true },
          analyticsReporting: false,
        });
        new StackClass(app, 'Documented');
        const cloud = await LocalCloud.fromApp(app);
        await cloud.settle();
        await cloud.stop();
      }
    }
  });
});

/** Tests that a page shows run as they stand: loading them registers them here. */
for (const snippet of snippets.filter(({ run }) => run)) await import(fileOf(directory, snippet));

function isStackClass(value: unknown): value is new (scope: App, id: string) => Stack {
  return typeof value === 'function' && value.prototype instanceof Stack;
}
