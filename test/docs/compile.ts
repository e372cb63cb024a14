import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { folderOf, ROOT, type Snippet } from './pages.ts';

/** What the compiler says about a line of a page. */
export interface Complaint {
  readonly page: string;
  readonly line: number;
  readonly message: string;
}

/** Where a snippet's file is, once written. */
export function fileOf(directory: string, snippet: Snippet): string {
  return join(directory, folderOf(snippet.page), snippet.file);
}

/** Writes snippets as files, each page in a folder of its own. Blank lines before the code keep the line numbers those of the page. */
export function writeSnippets(directory: string, snippets: readonly Snippet[]): void {
  rmSync(directory, { recursive: true, force: true });
  const seen = new Set<string>();
  for (const snippet of snippets) {
    const file = fileOf(directory, snippet);
    if (seen.has(file)) throw new Error(`${snippet.page}:${snippet.line}: the page has two blocks with the file ${snippet.file}.`);
    seen.add(file);
    mkdirSync(dirname(file), { recursive: true });
    // A block without imports or exports is a module all the same.
    writeFileSync(file, `${'\n'.repeat(snippet.line - 1)}${snippet.code}\nexport {};\n`);
  }
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { rootDir: ROOT, types: ['node'] },
      include: ['**/*.ts'],
      exclude: [],
    }),
  );
}

/** Compiles everything that was written, with the settings of the repository. */
export async function compile(directory: string, snippets: readonly Snippet[]): Promise<Complaint[]> {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { failed, output } = await new Promise<{ failed: boolean; output: string }>((resolve) => {
    execFile(process.execPath, [compiler, '-p', directory, '--pretty', 'false'], { cwd: directory }, (error, stdout) =>
      resolve({ failed: error !== null, output: stdout }),
    );
  });
  const pages = new Map(snippets.map((snippet) => [join(folderOf(snippet.page), snippet.file), snippet.page]));
  const complaints: Complaint[] = [];
  for (const text of output.split('\n')) {
    const [, file, line, message] = /^(\S.*?)\((\d+),\d+\): error (.*)$/.exec(text) ?? [];
    if (file !== undefined && message !== undefined) complaints.push({ page: pages.get(file) ?? file, line: Number(line), message });
  }
  if (failed && complaints.length === 0) throw new Error(`The compiler failed: ${output}`);
  return complaints;
}
