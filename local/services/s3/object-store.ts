import type { StoredVersion } from './stored-object.ts';

/** The objects of one bucket: every key's versions, newest first, and the keys in the order of their UTF-8 bytes. */
export class ObjectStore {
  readonly #versions = new Map<string, StoredVersion[]>();
  readonly #keys: string[] = [];

  get empty(): boolean {
    return this.#keys.length === 0;
  }

  /** The version that a plain GET means; undefined also behind a delete marker. */
  current(key: string): StoredVersion | undefined {
    const newest = this.#versions.get(key)?.[0];
    return newest?.deleteMarker ? undefined : newest;
  }

  version(key: string, versionId: string): StoredVersion | undefined {
    return this.#versions.get(key)?.find((version) => version.versionId === versionId);
  }

  newest(key: string): StoredVersion | undefined {
    return this.#versions.get(key)?.[0];
  }

  /** Adds a version; one of the same id is replaced. */
  put(version: StoredVersion): void {
    const versions = this.#versions.get(version.key);
    if (!versions) {
      this.#versions.set(version.key, [version]);
      this.#keys.splice(this.#position(version.key), 0, version.key);
      return;
    }
    const same = versions.findIndex((other) => other.versionId === version.versionId);
    if (same >= 0) versions.splice(same, 1);
    versions.unshift(version);
  }

  remove(key: string, versionId: string): StoredVersion | undefined {
    const versions = this.#versions.get(key);
    const at = versions?.findIndex((version) => version.versionId === versionId) ?? -1;
    if (!versions || at < 0) return undefined;
    const [removed] = versions.splice(at, 1);
    if (versions.length === 0) {
      this.#versions.delete(key);
      this.#keys.splice(this.#position(key), 1);
    }
    return removed;
  }

  /** Keys after `after`, in order. */
  *keysAfter(after: string): Generator<string> {
    const start = this.#position(after);
    for (let at = this.#keys[start] === after ? start + 1 : start; at < this.#keys.length; at += 1) yield this.#keys[at] ?? '';
  }

  versionsOf(key: string): readonly StoredVersion[] {
    return this.#versions.get(key) ?? [];
  }

  /** Where a key is or would be. */
  #position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.#keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The order of S3's lists: by UTF-8 bytes, which differs from JavaScript's for characters beyond U+FFFF. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const surrogates = /[\ud800-\udfff]/;
  if (surrogates.test(a) || surrogates.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}
