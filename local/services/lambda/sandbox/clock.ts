import type { FunctionTimers } from './timers.ts';

/** So many looks at a clock that stands still mean that code is waiting for it to move, which it never will. */
const BUSY_WAIT_LOOKS = 20_000_000;

/** `Date` on another clock: the class itself is Node's, so that dates of either side are instances of both. */
export function dateClass(now: () => number, functionName: string): DateConstructor {
  let last = -1;
  let looks = 0;
  const read = (): number => {
    const time = Math.trunc(now());
    if (time !== last) {
      last = time;
      looks = 0;
    } else if (++looks > BUSY_WAIT_LOOKS) {
      throw new Error(
        `Function '${functionName}' has read the time ${BUSY_WAIT_LOOKS} times while none passed. ` +
          'On the virtual clock a loop that waits for the time to change never ends: await a timer in its place.',
      );
    }
    return time;
  };
  function VirtualDate(this: unknown, ...values: unknown[]): Date | string {
    if (!new.target) return new Date(read()).toString();
    return Reflect.construct(Date, values.length === 0 ? [read()] : values, new.target) as Date;
  }
  VirtualDate.prototype = Date.prototype;
  Object.defineProperties(VirtualDate, {
    name: { value: 'Date' },
    length: { value: 7 },
    now: { value: read, writable: true, configurable: true },
    parse: { value: Date.parse, writable: true, configurable: true },
    UTC: { value: Date.UTC, writable: true, configurable: true },
  });
  return VirtualDate as unknown as DateConstructor;
}

/** `Intl` whose date formats take the present from the same clock. */
export function intl(now: () => number): typeof Intl {
  const DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
    construct(Format, values: ConstructorParameters<typeof Intl.DateTimeFormat>) {
      const format = new Format(...values);
      const plain = format.format.bind(format);
      const parts = format.formatToParts.bind(format);
      return Object.defineProperties(format, {
        format: { value: (date?: Date | number) => plain(date ?? now()), configurable: true },
        formatToParts: { value: (date?: Date | number) => parts(date ?? now()), configurable: true },
      });
    },
  });
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(Intl), DateTimeFormat: { value: DateTimeFormat } },
  ) as typeof Intl;
}

/** `performance` on another clock. Marks and measures are Node's own. */
export function performanceObject(elapsed: () => number, timeOrigin: number): typeof performance {
  const own: Readonly<Record<PropertyKey, unknown>> = { now: elapsed, timeOrigin };
  return new Proxy(globalThis.performance, {
    get(target, property) {
      if (Object.hasOwn(own, property)) return own[property];
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** `AbortSignal` whose `timeout` waits on the function's own timers. */
export function abortSignalClass(timers: FunctionTimers): typeof AbortSignal {
  const timeout = (ms: number): AbortSignal => {
    const controller = new AbortController();
    timers.set(() => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')), ms);
    return controller.signal;
  };
  return new Proxy(AbortSignal, {
    get: (target, property) => (property === 'timeout' ? timeout : (Reflect.get(target, property, target) as unknown)),
  });
}
