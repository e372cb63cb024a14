import { validation } from '../errors.ts';
import { type AttributeValue, type Item, setMember } from '../values/attribute-value.ts';
import { type Path, valueAt, within } from './paths.ts';

/** An item being changed: copies what lies on the way to a change, once, and shares the rest with the item before it. */
export class Draft {
  readonly #original: Item;
  readonly #root: Record<string, AttributeValue>;
  readonly #own = new Set<AttributeValue>();

  constructor(item: Item) {
    this.#original = item;
    this.#root = { ...item };
  }

  finish(): Item {
    return this.#root;
  }

  /** Sets the value at `path`; beyond a list's end it is appended. @throws AwsError when there is nothing to hold it */
  set(path: Path, value: AttributeValue): void {
    const last = path[path.length - 1] ?? '';
    if (path.length === 1) {
      setMember(this.#root, path[0], value);
      return;
    }
    const { M, L } = this.#parent(path);
    if (typeof last === 'string' && M) setMember(M, last, value);
    else if (typeof last === 'number' && L) L[Math.min(last, L.length)] = value;
    else throw invalidPath();
  }

  /** Removes the value at `path`, if the item had one. */
  remove(path: Path): void {
    const last = path[path.length - 1] ?? '';
    if (path.length === 1) {
      delete this.#root[path[0]];
      return;
    }
    const parent = this.#parent(path);
    if (typeof last === 'string' ? !parent.M : !parent.L) throw invalidPath();
    if (!valueAt(this.#original, path)) return;
    if (typeof last === 'string') delete parent.M?.[last];
    else parent.L?.splice(last, 1);
  }

  /** The map or list that holds the value at `path`, made safe to change. */
  #parent(path: Path): AttributeValue {
    let value = this.#root[path[0]];
    if (!value || !Object.hasOwn(this.#root, path[0])) throw invalidPath();
    value = this.#owned(value);
    setMember(this.#root, path[0], value);
    for (let i = 1; i < path.length - 1; i += 1) {
      const step = path[i] ?? '';
      const inner = within(value, step);
      if (!inner) throw invalidPath();
      const own = this.#owned(inner);
      if (typeof step === 'number') value.L?.splice(step, 1, own);
      else if (value.M) setMember(value.M, step, own);
      value = own;
    }
    return value;
  }

  #owned(value: AttributeValue): AttributeValue {
    if (this.#own.has(value)) return value;
    const own: AttributeValue = value.M ? { M: { ...value.M } } : value.L ? { L: [...value.L] } : value;
    this.#own.add(own);
    return own;
  }
}

/** @throws AwsError when the item has no map or list that could hold the value at `path` */
export function requireHolder(item: Item, path: Path): void {
  if (path.length === 1) return;
  const holder = valueAt(item, path.slice(0, -1) as unknown as Path);
  if (typeof path[path.length - 1] === 'number' ? !holder?.L : !holder?.M) throw invalidPath();
}

function invalidPath(): Error {
  return validation('The document path provided in the update expression is invalid for update');
}
