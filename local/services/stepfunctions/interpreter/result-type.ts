import type { Json } from '../json.ts';
import { jsonType } from '../json.ts';

/** What AWS says of an expression whose value is not of the type that its field wants. */
export function unexpectedType(written: Json, field: string, expected: string, value: Json): string {
  const expression = String(written).replace(/^\{%\s*|\s*%\}$/g, '');
  const [start, end] = [
    `The JSONata expression '${expression}' specified for the field '${field}' returned an unexpected result type.`,
    `Expected '${expected}', but was '${jsonType(value)}' for value: ${JSON.stringify(value)}`,
  ];
  return `${start} ${end}`;
}
