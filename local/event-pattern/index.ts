export { compilePattern } from './compile.ts';
export { type FlatEvent, flattenEvent, type Interest, readEvent } from './flat-event.ts';
export { InvalidPatternError } from './invalid-pattern.ts';
export { JsonSyntaxError } from './json-syntax.ts';
export { matchesEvent, matchesFlatEvent, testEventPattern } from './match.ts';
export type { Branch, FieldTest, Pattern } from './pattern.ts';
export { writeJson } from './write-json.ts';
