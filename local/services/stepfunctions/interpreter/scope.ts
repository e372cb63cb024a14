import type { Json } from '../json.ts';

/** Variables: those of this scope, and, to be read, those around it. A distributed Map's child sees only its own. */
export class Scope {
  readonly #outer: Scope | undefined;
  readonly #values = new Map<string, Json>();
  #flat: Readonly<Record<string, Json>> | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  get(name: string): Json | undefined {
    return this.#values.get(name) ?? (this.#values.has(name) ? null : this.#outer?.get(name));
  }

  assign(values: Readonly<Record<string, Json>>): void {
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
    this.#flat = undefined;
  }

  /** Everything that can be read, by name. While an inner scope lives, nothing is assigned to its outer one, so this stays true. */
  all(): Readonly<Record<string, Json>> {
    this.#flat ??= { ...this.#outer?.all(), ...Object.fromEntries(this.#values) };
    return this.#flat;
  }
}
