import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Checklist } from '../../scripts/pack/check.ts';
import { fileProblems, handlerProblems, LARGEST_BYTES, sizeProblems, type Tarball } from '../../scripts/pack/contents.ts';
import { dependencyProblems } from '../../scripts/pack/dependencies.ts';
import { run } from '../../scripts/pack/run.ts';

const tarball = (paths: readonly string[], size = 1): Tarball => ({
  filename: 'millrace.tgz',
  size,
  files: paths.map((path) => ({ path, size: 1 })),
});

describe('what a tarball holds', () => {
  test('JavaScript, declarations and prebuilt handlers are for users', () => {
    const paths = ['package.json', 'README.md', 'dist/lib/index.js', 'dist/local/index.d.ts', 'dist/handlers/relay/bundled/index.mjs'];
    expect(fileProblems(tarball(paths))).toEqual([]);
  });

  test.each([
    'lib/index.ts',
    'test/a.js',
    'examples/compose/app.ts',
    'dist/lib/a.ts',
    'dist/lib/a.test.js',
    'dist/test/a.js',
    'dist/lib/a.js.map',
  ])('%s is not', (path) => {
    expect(fileProblems(tarball(['package.json', path]))).toEqual([`${path} is not for users.`]);
  });

  test('its size has a limit', () => {
    expect(sizeProblems(tarball([], LARGEST_BYTES - 1))).toEqual([]);
    expect(sizeProblems(tarball([], LARGEST_BYTES))).toHaveLength(1);
  });

  test('each handler is there in both forms', () => {
    const paths = ['dist/handlers/relay/bundled/index.mjs'];
    expect(handlerProblems(tarball(paths), ['relay'])).toEqual(['dist/handlers/relay/runtime/index.mjs is missing.']);
  });
});

describe('dependencies', () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-pack-test-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const files: Record<string, string> = {
    'dist/a.js': `import { x } from 'imported';\nimport './b.js';\nimport 'node:fs';\nexport const y = () => import('imported-late');\nconsole.log(x);`,
    'dist/b.js': `import { createRequire } from 'node:module';\nconst own = createRequire(import.meta.url)('required-late/part');\nexport default own;`,
    'dist/a.d.ts': `import type { A } from 'typed';\n/** from 'nowhere' */\nexport type Kind = 'kind' | A;\nexport declare const b: import('@scope/typed').B;`,
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const all = { imported: '1', 'imported-late': '1', 'required-late': '1', '@types/typed': '1', '@scope/typed': '1' };
  const problems = (dependencies: Record<string, string>, peerDependencies: Record<string, string> = {}) =>
    dependencyProblems(root, Object.keys(files), { name: 'p', dependencies, peerDependencies });

  test('what is imported and declared is fine, as a peer as well', async () => {
    const { imported, ...others } = all;
    expect(await problems(all)).toEqual([]);
    expect(await problems(others, { imported })).toEqual([]);
  });

  test.each(Object.keys(all))('%s is missed when it is not declared', async (name) => {
    const others = Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
    expect(await problems(others)).toEqual([expect.stringContaining(`imports ${name.replace('@types/', '')},`)]);
  });

  test('what is declared and named nowhere is superfluous', async () => {
    expect(await problems({ ...all, idle: '1' })).toEqual(['The dependency idle is named nowhere in the package.']);
  });
});

describe('the verdict', () => {
  test('one line for each check, and false when one did not hold', async () => {
    const lines: string[] = [];
    const checklist = new Checklist((line) => lines.push(line.replace(/ \(\d+ s\)/, '')));
    expect(await checklist.check('first', () => [])).toBe(true);
    expect(await checklist.check('second', () => ['this is wrong'])).toBe(false);
    expect(await checklist.check('third', () => Promise.reject(new Error('it broke')))).toBe(false);
    expect(checklist.conclude()).toBe(false);
    expect(lines).toEqual(['ok    first', 'FAIL  second', '      this is wrong', 'FAIL  third', '      it broke', '1 passed, 2 failed']);
  });

  test('a program that fails, or that is not there, is a failure', async () => {
    const options = { cwd: process.cwd(), env: process.env };
    await expect(run([process.execPath, '-e', 'console.error("why"); process.exit(3)'], options)).rejects.toThrow(/ended with 3:\nwhy/);
    await expect(run(['no-such-program'], options)).rejects.toThrow('ENOENT');
  });
});
