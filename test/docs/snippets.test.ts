import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { LocalCloud } from 'millrace/local';
import { synthesizeLocally } from 'millrace/testing';
import { describe, expect, it } from 'vitest';
import { type AlarmName, alarmsIn, listedAlarms } from './alarms.ts';
import { compile, fileOf, writeSnippets } from './compile.ts';
import { ROOT, readPages, type Snippet, snippetsOf } from './pages.ts';

const directory = join(ROOT, '.cache/snippets');
const pages = readPages();
const snippets = pages.flatMap(snippetsOf);
const wrong: Snippet = {
  page: 'counter-example.md',
  line: 3,
  file: 'wrong.ts',
  run: false,
  code: ["import { defineEvent } from 'millrace/contracts';", "defineEvent('order.placed', { version: 'one' });"].join('\n'),
};
writeSnippets(directory, [...snippets, wrong]);
// It works while the stacks below are made.
const compiled = compile(directory, [...snippets, wrong]);

describe('every stack in README and docs', () => {
  const isStack = ({ code }: Snippet): boolean => /\bextends Stack\b/.test(code);
  const listed = new Set<AlarmName>(pages.flatMap(({ text }) => listedAlarms(text)));

  it.each(pages.filter(({ path }) => snippets.some((snippet) => snippet.page === path && isStack(snippet))).map(({ path }) => path))(
    '%s synthesizes, the local cloud runs it, and its alarms are those of the pages',
    async (path) => {
      const alarms: AlarmName[] = [];
      for (const snippet of snippets.filter((each) => each.page === path && isStack(each))) {
        for (const StackClass of await stacksOf(snippet)) {
          const assembly = synthesizeLocally((app) => new StackClass(app, 'Documented'));
          const cloud = await LocalCloud.fromAssembly(assembly.directory);
          await cloud.settle();
          alarms.push(...alarmsIn(cloud.resources));
          await cloud.stop();
          assembly.remove();
        }
      }
      const text = pages.find((page) => page.path === path)?.text ?? '';
      expect(alarms).toEqual(expect.arrayContaining(listedAlarms(text)));
      expect(alarms.filter((alarm) => !listed.has(alarm))).toEqual([]);
    },
  );

  it('that is a pattern lists alarms', () => {
    expect([...listed]).toEqual(expect.arrayContaining(['critical OutboxAge', 'warning Latency']));
  });
});

describe('the TypeScript in README and docs', () => {
  it('compiles under the settings of the repository', async () => {
    const complaints = (await compiled).filter(({ page }) => page !== wrong.page);
    expect(complaints.map(({ page, line, message }) => `${page}:${line}: ${message}`)).toEqual([]);
    expect(snippets.length).toBeGreaterThan(20);
  }, 120_000);

  it('would not compile if it were wrong: the line of the page is named', async () => {
    expect((await compiled).filter(({ page }) => page === wrong.page)).toEqual([
      expect.objectContaining({ line: 4, message: expect.stringContaining("'string' is not assignable to type 'number'") }),
    ]);
  }, 120_000);
});

/** Tests that a page shows run as they stand: loading them registers them here. */
for (const snippet of snippets.filter(({ run }) => run)) await import(fileOf(directory, snippet));

type StackClass = new (scope: App, id: string) => Stack;

/** The stacks that a block exports. */
async function stacksOf(snippet: Snippet): Promise<StackClass[]> {
  const exported: Record<string, unknown> = await import(fileOf(directory, snippet));
  const isStackClass = (value: unknown): value is StackClass => typeof value === 'function' && value.prototype instanceof Stack;
  const stacks = Object.values(exported).filter(isStackClass);
  expect(stacks, `${snippet.page}:${snippet.line}: a block with a stack exports it`).not.toEqual([]);
  return stacks;
}
