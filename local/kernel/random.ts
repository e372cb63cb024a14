/** Seeded pseudo-random numbers: the same seed gives the same run. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** Bytes, for `crypto.randomBytes` and `crypto.getRandomValues` of handlers. */
  fill(bytes: Uint8Array): void;
  /** A version 4 UUID. */
  uuid(): string;
}

/**
 * The sfc32 generator (Chris Doty-Humphrey, PractRand): small, fast, passes BigCrush; not for secrets.
 *
 * @param seed any integer; it is mixed before use, so that neighbouring seeds give unrelated runs
 */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9 | 0;
  let b = seed | 0;
  let c = Math.floor(seed / 0x1_0000_0000) | 0;
  let counter = 1;
  const word = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i += 1) word();

  const fill = (bytes: Uint8Array): void => {
    for (let i = 0; i < bytes.length; i += 4) {
      const value = word();
      for (let j = 0; j < 4 && i + j < bytes.length; j += 1) bytes[i + j] = (value >>> (8 * j)) & 0xff;
    }
  };
  return {
    next: () => word() / 0x1_0000_0000,
    fill,
    uuid() {
      const bytes = new Uint8Array(16);
      fill(bytes);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = Buffer.from(bytes).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
