import * as nodeCrypto from 'node:crypto';
import type { Random } from '../../../kernel/index.ts';
import type { SandboxHost } from './host.ts';

/** `Math` with seeded `random`. */
export function mathObject(random: Random): Math {
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(Math), random: { value: () => random.next(), writable: true, configurable: true } },
  ) as Math;
}

type Done<Value> = (error: Error | null, value: Value) => void;

function bytes(random: Random, size: number): Buffer {
  const buffer = Buffer.alloc(size);
  random.fill(buffer);
  return buffer;
}

function fill<View extends NodeJS.ArrayBufferView>(random: Random, view: View, offset = 0, size?: number): View {
  const whole = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  random.fill(size === undefined ? whole.subarray(offset) : whole.subarray(offset, offset + size));
  return view;
}

/** The global `crypto`: seeded randomness; hashes, signatures and keys are Node's. */
export function webCrypto(host: SandboxHost): typeof globalThis.crypto {
  const { random } = host;
  const subtle = new Proxy(nodeCrypto.webcrypto.subtle, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]) => host.outside(`crypto.subtle.${String(property)}`, value.apply(target, values) as Promise<unknown>);
    },
  });
  return {
    subtle,
    randomUUID: () => random.uuid(),
    getRandomValues: (view: NodeJS.ArrayBufferView) => fill(random, view),
  } as unknown as typeof globalThis.crypto;
}

/** `node:crypto` with seeded randomness. */
export function cryptoModule(host: SandboxHost, web: typeof globalThis.crypto): object {
  const { random } = host;
  const integer = (from: number, to: number): number => from + Math.floor(random.next() * (to - from));
  const randomBytes = (size: number, done?: Done<Buffer>): Buffer | undefined => {
    const buffer = bytes(random, size);
    if (!done) return buffer;
    queueMicrotask(() => done(null, buffer));
    return undefined;
  };
  const randomFill = (view: NodeJS.ArrayBufferView, ...rest: unknown[]): void => {
    const done = rest.pop() as Done<NodeJS.ArrayBufferView>;
    fill(random, view, rest[0] as number | undefined, rest[1] as number | undefined);
    queueMicrotask(() => done(null, view));
  };
  const randomInt = (first: number, ...rest: unknown[]): number | undefined => {
    const done = typeof rest.at(-1) === 'function' ? (rest.pop() as Done<number>) : undefined;
    const value = rest.length === 0 ? integer(0, first) : integer(first, Number(rest[0]));
    if (!done) return value;
    queueMicrotask(() => done(null, value));
    return undefined;
  };
  return {
    ...nodeCrypto,
    randomBytes,
    pseudoRandomBytes: randomBytes,
    randomFill,
    randomFillSync: (view: NodeJS.ArrayBufferView, offset?: number, size?: number) => fill(random, view, offset, size),
    randomInt,
    randomUUID: () => random.uuid(),
    getRandomValues: web.getRandomValues,
    webcrypto: web,
    subtle: web.subtle,
  };
}
