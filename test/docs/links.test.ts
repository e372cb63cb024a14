import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Page, ROOT, readPages } from './pages.ts';

/** What a page refers to and is not there: `docs/x.md:12: …`. */
type Missing = string;

const pages = readPages();
const scripts = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

describe.each(pages.map((page): [string, Page] => [page.path, page]))('%s', (_path, page) => {
  it('has links that lead somewhere', () => expect(brokenLinks(page)).toEqual([]));
  it('names files that exist', () => expect(absentFiles(page)).toEqual([]));
  it('names npm scripts that exist', () => expect(absentScripts(page)).toEqual([]));
  it('names tests that exist', () => expect(absentTests(page)).toEqual([]));
});

describe('the checks', () => {
  const page: Page = {
    path: 'docs/wrong.md',
    text: '[a](gone.md) [b](guarantees.md#no-such-heading) `test/gone.test.ts` `npm run gone`\n[c](guarantees.md) `test/structure.test.ts`, “gone”',
  };
  it('find what is not there', () => {
    expect(brokenLinks(page)).toEqual(['docs/wrong.md:1: gone.md', 'docs/wrong.md:1: guarantees.md#no-such-heading']);
    expect(absentFiles(page)).toEqual(['docs/wrong.md:1: test/gone.test.ts']);
    expect(absentScripts(page)).toEqual(['docs/wrong.md:1: npm run gone']);
    expect(absentTests(page)).toEqual(['docs/wrong.md:2: test/structure.test.ts “gone”']);
  });
});

function brokenLinks(page: Page): Missing[] {
  return each(page, /\]\(([^)\s]+)\)/g, (target) => {
    if (/^[a-z]+:/.test(target)) return true;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page.path : join(dirname(page.path), path);
    if (!existsSync(join(ROOT, file))) return false;
    return anchor === undefined || (file.endsWith('.md') && anchorsOf(readFileSync(join(ROOT, file), 'utf8')).has(anchor));
  });
}

/** Files of the repository are named from its root, in code. */
function absentFiles(page: Page): Missing[] {
  return each(page, /`((?:bench|bin|docs|examples|lambdas|lib|local|scripts|test)\/[^`\s]*)`/g, (named) => {
    const [plain = ''] = named.split(/[*{<]/);
    const path = join(ROOT, plain);
    return existsSync(path) || (plain !== named && existsSync(dirname(path)) && statSync(dirname(path)).isDirectory());
  });
}

function absentScripts(page: Page): Missing[] {
  return each(page, /\b(npm run [\w:-]+)/g, (command) => scripts[command.slice('npm run '.length)] !== undefined);
}

/** A test is named in typographic quotes behind its file. */
function absentTests({ path, text }: Page): Missing[] {
  return text.split('\n').flatMap((line, index) => {
    let file = '';
    return [...line.matchAll(/`(test\/[^`]+\.ts)`|“([^”]+)”/g)].flatMap(([, named, title]) => {
      if (named !== undefined) file = named;
      if (title === undefined || file === '' || readFileSync(join(ROOT, file), 'utf8').includes(title)) return [];
      return [`${path}:${index + 1}: ${file} “${title}”`];
    });
  });
}

/** Finds what `pattern` captures, and keeps what is not there. */
function each({ path, text }: Page, pattern: RegExp, isThere: (found: string) => boolean): Missing[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(pattern)].flatMap(([, found = '']) => (isThere(found) ? [] : [`${path}:${index + 1}: ${found}`])),
    );
}

/** Anchors of headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
