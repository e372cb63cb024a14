/** A module that a source file refers to. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** Comments, strings and templates, so that none is taken for another. A template's text is dropped. */
const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g;

/** The forms an import takes: `import x from`, `import`, `export … from`, `import()`, `require()` and `import('…')` types. */
const FORMS = [
  /\b(?:import|export)\s+[\w$*\s{},]*?\bfrom\s*(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/g,
  /\bimport\s*(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/g,
  /\b(?:import|require|require\.resolve)\s*\(\s*(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/g,
];

/** Everything that a TypeScript source imports, in order. */
export function importsOf(source: string): Import[] {
  const code = source.replace(TOKEN, (token) => (token.startsWith('/') || token.startsWith('`') ? token.replace(/[^\n]/g, ' ') : token));
  const found = FORMS.flatMap((form) =>
    [...code.matchAll(form)].map((match) => ({
      at: match.index,
      specifier: match.groups?.specifier ?? '',
      line: code.slice(0, match.index).split('\n').length,
    })),
  );
  return found.sort((a, b) => a.at - b.at).map(({ specifier, line }) => ({ specifier, line }));
}
