import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A page of the documentation. */
export interface Page {
  /** From the root: `docs/patterns/outbox.md`. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of TypeScript. */
export interface Snippet {
  readonly page: string;
  /** Line of the page on which the code begins, from 1. */
  readonly line: number;
  /** What follows the language in the fence: `file=stack.ts run`. */
  readonly file: string;
  /** Whether the block is a test to be run, beside being compiled. */
  readonly run: boolean;
  readonly code: string;
}

/** The README and everything under docs/. */
export function readPages(): Page[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
  return ['README.md', ...docs.sort()].map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/**
 * The TypeScript blocks of a page. A block may name its file, `ts file=stack.ts`, so that others of the page can import it; one that ends in
 * `run` is a test that passes as it stands.
 */
export function snippetsOf({ path, text }: Page): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, mark, language, info = ''] = /^(```+)(\w+)?[ \t]*(.*)$/.exec(lines[at] ?? '') ?? [];
    if (mark === undefined) continue;
    const end = lines.indexOf(mark, at + 1);
    if (end < 0) throw new Error(`${path}:${at + 1}: this block has no end.`);
    if (language === 'ts' || language === 'typescript') {
      const words = info.split(/\s+/);
      const file = words.find((word) => word.startsWith('file='))?.slice('file='.length) ?? `block-${at + 1}.ts`;
      snippets.push({ page: path, line: at + 2, file, run: words.includes('run'), code: lines.slice(at + 1, end).join('\n') });
    }
    at = end;
  }
  return snippets;
}

/** The folder of a page's snippets: `docs/patterns/outbox.md` → `docs-patterns-outbox`. */
export function folderOf(page: string): string {
  return page.replace(/\.md$/, '').replaceAll('/', '-');
}
