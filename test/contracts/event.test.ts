import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ContractError, causedBy, defineEvent, eventId, parseEnvelope, sequenceOf, validate } from '../../lambdas/contracts/index.ts';

const Confirmed = defineEvent('air.booking.confirmed', {
  version: 2,
  subject: (booking) => booking.bookingId,
  data: z.object({ bookingId: z.string(), seats: z._default(z.int(), 1) }),
});
const meta = { source: 'air.bookings', sequence: 3, time: Date.UTC(2026, 0, 2), correlationid: 'flow-1' };

function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof ContractError) return error.code;
    throw error;
  }
  return undefined;
}

describe('an event contract', () => {
  it('drafts what happened, with defaults filled in and unknown keys dropped', () => {
    const data = { bookingId: 'b-1', cardNumber: '4111' };
    expect(Confirmed.draft(data)).toEqual({
      type: 'air.booking.confirmed',
      version: 2,
      subject: 'b-1',
      data: { bookingId: 'b-1', seats: 1 },
    });
  });

  it('makes a CloudEvents 1.0 envelope', () => {
    expect(Confirmed.create({ bookingId: 'b-1', seats: 2 }, { ...meta, causationid: 'air.bookings/b-1/2' })).toEqual({
      specversion: '1.0',
      id: 'air.bookings/b-1/3',
      source: 'air.bookings',
      type: 'air.booking.confirmed',
      subject: 'b-1',
      time: '2026-01-02T00:00:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'urn:millrace:air.booking.confirmed:2',
      sequence: '3',
      sequencetype: 'Integer',
      correlationid: 'flow-1',
      causationid: 'air.bookings/b-1/2',
      data: { bookingId: 'b-1', seats: 2 },
    });
  });

  it('reads what it wrote, from JSON too', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer(), fc.integer({ min: 1 }), (bookingId, seats, sequence) => {
        fc.pre(Number.isSafeInteger(seats));
        const event = Confirmed.create({ bookingId, seats }, { ...meta, sequence });
        expect(Confirmed.parse(event)).toEqual(event);
        expect(Confirmed.parse(JSON.stringify(event))).toEqual(event);
        expect(sequenceOf(event)).toBe(sequence);
      }),
    );
  });

  it('names every field that is wrong', () => {
    const wrong = { bookingId: 7, seats: 'two' };
    expect(() => Confirmed.draft(wrong as never)).toThrow(/air\.booking\.confirmed version 2: bookingId must be a string; seats must be/);
    try {
      Confirmed.draft(wrong as never);
    } catch (error) {
      expect((error as ContractError).problems.map(({ field }) => field)).toEqual(['bookingId', 'seats']);
    }
  });

  it('tells a foreign type, another version, bad data and no envelope apart', () => {
    const event = Confirmed.create({ bookingId: 'b-1' }, meta);
    expect(codeOf(() => Confirmed.parse({ ...event, type: 'air.other' }))).toBe('MILLRACE_CONTRACT_OTHER_TYPE');
    expect(codeOf(() => Confirmed.parse({ ...event, dataschema: 'urn:millrace:air.booking.confirmed:1' }))).toBe(
      'MILLRACE_CONTRACT_OTHER_VERSION',
    );
    expect(codeOf(() => Confirmed.parse({ ...event, data: {} }))).toBe('MILLRACE_CONTRACT_INVALID_DATA');
    for (const value of ['{', 'null', '[]', {}, 7, undefined])
      expect(codeOf(() => Confirmed.parse(value))).toBe('MILLRACE_CONTRACT_NOT_AN_ENVELOPE');
  });

  it('wants a source from somewhere', () => {
    const { source: _source, ...without } = meta;
    expect(codeOf(() => Confirmed.create({ bookingId: 'b' }, without))).toBe('MILLRACE_CONTRACT_BAD_DEFINITION');
    const Sourced = defineEvent('a.b', { version: 1, subject: () => 's', data: z.object({}), source: 'air' });
    expect(Sourced.create({}, without).source).toBe('air');
    expect(Sourced.draft({}).source).toBe('air');
  });

  it('refuses what EventBridge would not take as a type, and versions that are none', () => {
    const definition = { version: 1, subject: () => 's', data: z.object({}) };
    for (const type of ['', 'a b', '.a', 'x'.repeat(129)])
      expect(codeOf(() => defineEvent(type, definition))).toBe('MILLRACE_CONTRACT_BAD_DEFINITION');
    for (const version of [0, 1.5, -1])
      expect(codeOf(() => defineEvent('a', { ...definition, version }))).toBe('MILLRACE_CONTRACT_BAD_DEFINITION');
  });

  it('refuses, when compiled, a schema that does not accept its own output', () => {
    const data = z.pipe(
      z.string(),
      z.transform((text) => new Date(text)),
    );
    // @ts-expect-error a string becomes a Date, which the reader's check would refuse
    defineEvent('a.b', { version: 1, subject: () => 's', data });
  });

  it('refuses a schema that validates asynchronously', () => {
    const Slow = defineEvent('a.b', {
      version: 1,
      subject: () => 's',
      data: z.object({ a: z.string().check(z.refine(async () => true)) }),
    });
    expect(() => Slow.draft({ a: 'x' })).toThrow();
  });

  it('refuses what a throwing check looked at, and leaves no rejection behind that would end the process', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => {
      rejections.push(reason);
    };
    process.on('unhandledRejection', note);
    // zod tries a check that throws once more, asynchronously.
    const secure = z.string().check(z.refine((text) => new URL(text).protocol === 'https:'));
    expect(codeOf(() => validate(secure, 'no address'))).toBe('MILLRACE_CONTRACT_ASYNC_SCHEMA');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it('takes a validator that throws as a problem of the value', () => {
    const validator = {
      '~standard': {
        version: 1 as const,
        vendor: 'own',
        validate: (): never => {
          throw new TypeError('no such page');
        },
      },
    };
    expect(validate(validator, 7)).toEqual({ ok: false, problems: [{ field: '', message: 'could not be checked: no such page' }] });
  });

  it.each([
    ['a date', z.object({ at: z.date() }), { at: new Date(0) }],
    ['a bigint', z.bigint(), 7n],
    ['nothing', z.undefined(), undefined],
  ])('refuses to state %s, which JSON does not carry', (_what, data, value) => {
    const Stated = defineEvent('a.b', { version: 1, subject: () => 's', data: data as z.ZodMiniType<unknown, unknown> });
    expect(codeOf(() => Stated.draft(value))).toBe('MILLRACE_CONTRACT_INVALID_DATA');
  });

  it('refuses a subject that no consumer could read', () => {
    const Named = defineEvent('a.b', { version: 1, source: 's', subject: String, data: z.string() });
    const placed = { sequence: 1, time: 0, correlationid: 'c' };
    for (const subject of ['', 'x'.repeat(2_000), '/'.repeat(500), '\ud800']) {
      expect(codeOf(() => Named.create(subject, placed))).toBe('MILLRACE_CONTRACT_INVALID_DATA');
    }
    expect(Named.parse(Named.create('x'.repeat(900), placed)).subject).toHaveLength(900);
  });

  it('takes validators of any make', () => {
    const data = {
      '~standard': {
        version: 1 as const,
        vendor: 'own',
        validate: (value: unknown) =>
          typeof value === 'number' ? { value } : { issues: [{ message: 'not a number', path: [{ key: 'n' }, 0] }] },
        types: undefined as { input: number; output: number } | undefined,
      },
    };
    const Measured = defineEvent('own.measured', { version: 1, subject: String, data });
    expect(Measured.draft(5)).toMatchObject({ subject: '5', data: 5 });
    expect(() => Measured.draft('x' as never)).toThrow('n[0] not a number');
  });
});

describe('an envelope', () => {
  const event = Confirmed.create({ bookingId: 'b-1' }, meta);
  it.each([
    ['specversion', '0.3'],
    ['id', ''],
    ['subject', 5],
    ['time', 'yesterday'],
    ['sequence', '0'],
    ['sequence', '1.5'],
    ['sequence', '99999999999999999999'],
    ['correlationid', undefined],
    ['traceparent', 7],
    ['subject', '\udc00'],
  ])('is refused for its %s %j', (field, value) => {
    try {
      parseEnvelope({ ...event, [field]: value });
      expect.unreachable();
    } catch (error) {
      expect((error as ContractError).problems.map((problem) => problem.field)).toEqual([field]);
    }
  });

  it.each([
    ['id', 1_025],
    ['source', 257],
    ['subject', 1_001],
  ])('is refused for a key that DynamoDB would refuse: its %s of %i bytes', (field, bytes) => {
    expect(() => parseEnvelope({ ...event, [field]: 'x'.repeat(bytes) })).toThrow(`${field} must have at most`);
  });

  it('has an id of its own, wherever its source ends and its subject begins', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('/', '%', 'a', '2F', '1'), { maxLength: 8 }), fc.nat(8), fc.nat(8), (parts, i, j) => {
        const idAt = (cut: number): string => eventId(parts.slice(0, cut).join(''), parts.slice(cut).join(''), 1);
        const [a, b] = [Math.min(i, parts.length), Math.min(j, parts.length)];
        expect(idAt(a) === idAt(b)).toBe(a === b);
      }),
    );
    expect(eventId('shop', 'eu/1', 1)).toBe('shop/eu%2F1/1');
  });

  it('is what the next event is caused by', () => {
    expect(causedBy(event)).toEqual({ correlationid: 'flow-1', causationid: 'air.bookings/b-1/3' });
  });
});
