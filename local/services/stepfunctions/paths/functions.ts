import { isArray, isObject, type Json } from '../json.ts';

/** The value of a path's closing function, such as `.length()`; undefined when it does not apply. */
export function aggregate(name: string, value: Json): Json | undefined {
  switch (name) {
    case 'length':
    case 'size':
      if (isArray(value) || typeof value === 'string') return value.length;
      return isObject(value) ? Object.keys(value).length : undefined;
    case 'keys':
      return isObject(value) ? Object.keys(value) : undefined;
    case 'first':
      return isArray(value) ? value[0] : undefined;
    case 'last':
      return isArray(value) ? value.at(-1) : undefined;
    default:
      return isArray(value) ? overNumbers(name, value) : undefined;
  }
}

function overNumbers(name: string, items: readonly Json[]): number | undefined {
  const numbers = items.filter((item): item is number => typeof item === 'number');
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, each) => total + each, 0);
  const mean = sum / numbers.length;
  switch (name) {
    case 'min':
      return Math.min(...numbers);
    case 'max':
      return Math.max(...numbers);
    case 'sum':
      return sum;
    case 'avg':
      return mean;
    case 'stddev':
      return Math.sqrt(numbers.reduce((total, each) => total + (each - mean) ** 2, 0) / numbers.length);
    default:
      return undefined;
  }
}
