import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineRoute } from '../../../lambdas/contracts/index.ts';
import type { HttpEvent, Reply } from '../../../lambdas/runtime/api/index.ts';
import { type Call, httpEvent, lambdaContext, restEvent } from './events.ts';

// A log of its own, which writes; a function instance's log keeps the level that it was made with.
vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
vi.resetModules();
afterAll(() => {
  vi.resetModules();
});
const { accepted, api, decodeCursor, encodeCursor, notFound, ok, on, ProblemError, problemOf } = await import(
  '../../../lambdas/runtime/api/index.ts'
);

const requestBooking = defineRoute('POST /bookings', {
  idempotencyKey: 'required',
  body: z.object({
    flightId: z.string().check(z.minLength(1)),
    seats: z.int().check(z.gte(1), z.lte(9)),
    passengers: z.optional(z.array(z.object({ name: z.string() }))),
  }),
});
const getBooking = defineRoute('GET /bookings/{bookingId}');
const listFlights = defineRoute('GET /flights', {
  query: z.object({
    origin: z.string().check(z.regex(/^[A-Z]{3}$/)),
    limit: z._default(z.coerce.number().check(z.gte(1), z.lte(100)), 20),
  }),
});
const upload = defineRoute('PUT /files/{path+}', { maxBytes: 10 });

let failure: unknown;
let reply: Reply | undefined;
const handler = api(
  on(requestBooking, ({ body, idempotency, caller }, { correlation }) =>
    accepted(
      { id: idempotency.id, print: idempotency.fingerprint, seats: body.seats, caller, correlation },
      { location: `/bookings/${idempotency.id}` },
    ),
  ),
  on(getBooking, ({ path }) => {
    if (failure !== undefined) throw failure;
    return path.bookingId === 'none' ? notFound() : ok({ id: path.bookingId });
  }),
  on(listFlights, ({ query }) => ok(query)),
  on(defineRoute('GET /anything'), ({ query }) => ok(query)),
  // A handler that is not type-checked may answer nothing.
  on(defineRoute('GET /replies'), () => reply as Reply),
  on(upload, ({ path, body }) => ok({ path: path.path, body: body ?? null })),
);

async function call(event: HttpEvent) {
  const { statusCode: status, headers = {}, body } = await handler(event, lambdaContext);
  return { status, headers: headers as Record<string, string>, text: body, json: body === '' ? undefined : JSON.parse(body) };
}

const booking: Call = {
  method: 'POST',
  path: '/bookings',
  headers: { 'Content-Type': 'application/json', 'IDEMPOTENCY-KEY': 'key-1' },
  body: JSON.stringify({ flightId: 'f-1', seats: 2 }),
};
const reading = (bookingId: string, encoded = bookingId): Call => ({
  path: `/bookings/${encoded}`,
  resource: '/bookings/{bookingId}',
  parameters: { bookingId: encoded },
});

let written: string[];
beforeEach(() => {
  failure = undefined;
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe.each([
  ['REST API', restEvent],
  ['HTTP API', httpEvent],
] as const)('api() behind a %s', (gateway, event) => {
  it('hands a valid request to its handler, and says where the result will be', async () => {
    const answer = await call(event(booking));
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toBe(`/v1/bookings/${answer.json.id}`);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json).toMatchObject({ seats: 2, correlation: { correlationid: 'gateway-request', causationid: 'gateway-request' } });
  });

  it('names every bad field', async () => {
    const body = JSON.stringify({ flightId: '', seats: 12, passengers: [{ name: 'A' }, { name: 5 }] });
    const answer = await call(event({ ...booking, body }));
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ type: 'urn:millrace:problem:invalid-request', status: 400, title: expect.any(String) });
    expect(answer.json.errors).toEqual([
      { field: 'flightId', message: 'must not be empty' },
      { field: 'seats', message: 'must be at most 9' },
      { field: 'passengers[1].name', message: 'must be a string' },
    ]);
  });

  it('reads bodies in base64', async () => {
    const answer = await call(event({ ...booking, body: Buffer.from(booking.body ?? '').toString('base64'), base64: true }));
    expect(answer.status).toBe(202);
  });

  it.each([
    ['text', '{"seats":'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('base64')],
  ])('refuses a body that is not JSON (%s)', async (kind, body) => {
    const answer = await call(event({ ...booking, body, base64: kind !== 'text' }));
    expect([answer.status, answer.json.type]).toEqual([400, 'urn:millrace:problem:malformed-body']);
  });

  it.each([null, ''])('refuses a missing body (%j)', async (body) => {
    const answer = await call(event({ ...booking, body }));
    expect([answer.status, answer.json.errors]).toEqual([400, [{ field: '', message: 'must not be empty' }]]);
  });

  it('takes 64 kB and not one byte more, counted in bytes', async () => {
    const padded = (bytes: number) => {
      const frame = JSON.stringify({ flightId: '', seats: 1 }).length;
      // Two bytes a letter: characters would pass at twice the size.
      const letters = 'é'.repeat(Math.floor((bytes - frame) / 2)) + 'x'.repeat((bytes - frame) % 2);
      return JSON.stringify({ flightId: letters, seats: 1 });
    };
    expect((await call(event({ ...booking, body: padded(65_536) }))).status).toBe(202);
    const answer = await call(event({ ...booking, body: padded(65_537) }));
    expect([answer.status, answer.json.maxBytes]).toEqual([413, 65_536]);
    expect(
      (
        await call(
          event({ method: 'PUT', path: '/files/a/b', resource: '/files/{path+}', parameters: { path: 'a/b' }, body: 'x'.repeat(11) }),
        )
      ).status,
    ).toBe(413);
  });

  it.each([
    ['text/plain', 415],
    ['application/json; charset=utf-16', 415],
    ['', 415],
    ['application/json;charset="UTF-8"', 202],
    ['Application/JSON', 202],
    ['application/vnd.air+json', 202],
  ])('answers the media type %j with %i', async (type, status) => {
    const answer = await call(event({ ...booking, headers: { ...booking.headers, 'Content-Type': type } }));
    expect(answer.status).toBe(status);
  });

  it('answers 415 when no media type is stated', async () => {
    expect((await call(event({ ...booking, headers: { 'idempotency-key': 'k' } }))).status).toBe(415);
  });

  it('insists on an Idempotency-Key where the route does', async () => {
    const answer = await call(event({ ...booking, headers: { 'content-type': 'application/json' } }));
    expect([answer.status, answer.json.type]).toEqual([400, 'urn:millrace:problem:idempotency-key-missing']);
    const long = await call(event({ ...booking, headers: { ...booking.headers, 'IDEMPOTENCY-KEY': 'k'.repeat(256) } }));
    expect([long.status, long.json.type]).toEqual([400, 'urn:millrace:problem:idempotency-key-invalid']);
  });

  it('derives the id from the key, and the fingerprint from what is asked for', async () => {
    const first = (await call(event(booking))).json;
    const spaced = (
      await call(
        event({
          ...booking,
          body: '{ "seats": 2, "flightId": "f-1" }',
          headers: { 'content-type': 'application/json', 'idempotency-key': '"key-1"' },
        }),
      )
    ).json;
    const other = (await call(event({ ...booking, body: JSON.stringify({ flightId: 'f-1', seats: 3 }) }))).json;
    const key = (await call(event({ ...booking, headers: { ...booking.headers, 'IDEMPOTENCY-KEY': 'key-2' } }))).json;
    expect([spaced.id, spaced.print]).toEqual([first.id, first.print]);
    expect(other.id).toBe(first.id);
    expect(other.print).not.toBe(first.print);
    expect(key.id).not.toBe(first.id);
  });

  it('counts the query to what is asked for', async () => {
    const first = (await call(event({ ...booking, query: { dry: 'yes' } }))).json;
    const other = (await call(event({ ...booking, query: { dry: 'no' } }))).json;
    expect(other.id).toBe(first.id);
    expect(other.print).not.toBe(first.print);
  });

  it('answers unknown paths with 404 and other methods with 405', async () => {
    const unknown = await call(event({ path: '/nothing' }));
    expect([unknown.status, unknown.json.type]).toEqual([404, 'urn:millrace:problem:not-found']);
    const method = await call(event({ ...reading('b-1'), method: 'DELETE' }));
    expect([method.status, method.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('answers HEAD as GET without the body, and OPTIONS with what is allowed', async () => {
    const head = await call(event({ ...reading('b-1'), method: 'HEAD' }));
    expect([head.status, head.text]).toEqual([200, '']);
    const options = await call(event({ ...reading('b-1'), method: 'OPTIONS' }));
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD']);
  });

  it('reads query parameters, with defaults, and names the wrong ones', async () => {
    expect((await call(event({ path: '/flights', query: { origin: 'SFO' } }))).json).toEqual({ origin: 'SFO', limit: 20 });
    const answer = await call(event({ path: '/flights', query: { origin: 'sfo', limit: '200' } }));
    expect([answer.status, answer.json.errors.map(({ field }: { field: string }) => field)]).toEqual([400, ['origin', 'limit']]);
  });

  it('keeps repeated query parameters', async () => {
    const answer = await call(event({ path: '/flights', query: { origin: ['SFO', 'LAX'] } }));
    expect(answer.json.errors[0].field).toBe('origin');
  });

  it('takes any name for a query parameter', async () => {
    const { json } = await call(event({ path: '/anything', query: { constructor: 'x', toString: ['y', 'z'] } }));
    expect(json).toEqual({ constructor: 'x', toString: ['y', 'z'] });
  });

  it('answers 500 and logs it when a reply can not be written, or is none', async () => {
    for (const value of [{ cents: 1n }, undefined]) {
      reply = value === undefined ? undefined : ok(value);
      const answer = await call(event({ path: '/replies' }));
      expect([answer.status, answer.json.type]).toEqual([500, 'urn:millrace:problem:internal-error']);
    }
    const log = written.join('');
    expect(log).toContain('BigInt');
    expect(log).toContain('The handler of GET /replies answered nothing');
  });

  it('hides what is inside when a handler fails', async () => {
    failure = new Error('password is hunter2');
    const answer = await call(event(reading('b-1')));
    expect([answer.status, answer.json.type]).toEqual([500, 'urn:millrace:problem:internal-error']);
    expect(answer.text).not.toMatch(/hunter2|at .*\.ts/);
    expect(written.join('')).toContain('hunter2');
  });

  it('answers 503 with Retry-After for what can succeed later', async () => {
    failure = Object.assign(new Error('busy'), { retryable: true });
    const answer = await call(event(reading('b-1')));
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  });

  it('answers with the problem that a handler throws', async () => {
    failure = new ProblemError(problemOf('unprocessable', 'Departed.', { flightId: 'f-1' }), { headers: { 'x-gate': '4' } });
    const answer = await call(event(reading('b-1')));
    expect(answer).toMatchObject({ status: 422, json: { detail: 'Departed.', flightId: 'f-1' }, headers: { 'x-gate': '4' } });
  });

  it('carries a correlation id and a trace on, and only well-formed ones', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const given = await call(
      event({ ...booking, headers: { ...booking.headers, 'X-Correlation-Id': 'flow-7', Traceparent: traceparent } }),
    );
    expect(given.json.correlation).toEqual({ correlationid: 'flow-7', causationid: 'gateway-request', traceparent });
    expect([given.headers['x-correlation-id'], given.headers['x-request-id']]).toEqual(['flow-7', 'gateway-request']);
    const odd = await call(event({ ...booking, headers: { ...booking.headers, 'X-Correlation-Id': 'a\nb', Traceparent: 'nonsense' } }));
    expect(odd.json.correlation).toEqual({ correlationid: 'gateway-request', causationid: 'gateway-request' });
  });

  it('lets pages of the given origins read its answers', async () => {
    vi.stubEnv('MILLRACE_API_ORIGINS', 'https://air.example,https://ops.example');
    const answer = await call(event({ ...reading('b-1'), headers: { Origin: 'https://ops.example' } }));
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': 'https://ops.example', vary: 'origin' });
    const other = await call(event({ ...reading('b-1'), headers: { Origin: 'https://evil.example' } }));
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('logs one line and measures each request under its route', async () => {
    await call(event(reading('none')));
    const lines = written.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    expect(lines.find(({ message }) => message === 'Request')).toMatchObject({
      status: 404,
      route: 'GET /bookings/{bookingId}',
      correlationid: 'gateway-request',
    });
    expect(lines.find(({ _aws }) => _aws)).toMatchObject({
      route: 'GET /bookings/{bookingId}',
      Requests: 1,
      ClientErrors: 1,
      Faults: 0,
      Latency: expect.any(Number),
    });
  });

  if (gateway === 'REST API') {
    it('decodes path parameters, which a REST API passes as they came', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ minLength: 1, unit: 'grapheme' }), async (id) => {
          fc.pre(id !== 'none');
          expect((await call(event(reading(id, encodeURIComponent(id))))).json).toEqual({ id });
        }),
        { numRuns: 50 },
      );
    });

    it('refuses a path parameter that cannot be decoded', async () => {
      const answer = await call(event(reading('%E0%A4%A', '%E0%A4%A')));
      expect([answer.status, answer.json.errors]).toEqual([400, [{ field: 'bookingId', message: 'is not valid percent-encoding' }]]);
    });
  } else {
    it('leaves path parameters alone, which an HTTP API has decoded', async () => {
      expect((await call(event(reading('100%25', '100%25')))).json).toEqual({ id: '100%25' });
    });
  }
});

describe('api()', () => {
  it('says so when what it got is no request', async () => {
    for (const event of [{ key1: 'value1' }, { Records: [] }, null]) {
      await expect(handler(event as never, lambdaContext)).rejects.toThrow(
        /^api\(\) takes the requests of an API Gateway; this event has no httpMethod/,
      );
    }
  });

  it('finds routes by path where the gateway has no pattern of its own, literal segments first', async () => {
    const star = api(
      on(defineRoute('GET /flights/{id}'), ({ path }) => ok({ one: path.id })),
      on(defineRoute('GET /flights/latest'), () => ok({ latest: true })),
      on(defineRoute('GET /{rest+}'), ({ path }) => ok({ rest: path.rest })),
    );
    const get = async (path: string) =>
      JSON.parse((await star(restEvent({ path, resource: '/{proxy+}', parameters: { proxy: path.slice(1) } }), lambdaContext)).body);
    expect(await get('/flights/latest')).toEqual({ latest: true });
    expect(await get('/flights/a%20b')).toEqual({ one: 'a b' });
    expect(await get('/x/y/z')).toEqual({ rest: 'x/y/z' });
  });

  it.each<[string, HttpEvent, object, string]>([
    [
      'IAM of a REST API',
      restEvent(booking),
      { identity: { userArn: 'arn:aws:iam::1:user/ann', apiKeyId: 'k' } },
      'arn:aws:iam::1:user/ann',
    ],
    ['an identity pool at a REST API', restEvent(booking), { identity: { cognitoIdentityId: 'i-1', userArn: 'arn:role' } }, 'i-1'],
    ['an API key', restEvent(booking), { identity: { userArn: null, apiKeyId: 'k' } }, 'k'],
    ['a Lambda authorizer of a REST API', restEvent(booking), { authorizer: { principalId: 'ann' } }, 'ann'],
    [
      'IAM of an HTTP API',
      httpEvent(booking),
      { authorizer: { iam: { userArn: 'arn:aws:iam::1:user/ann', cognitoIdentity: null } } },
      'arn:aws:iam::1:user/ann',
    ],
    ['a Lambda authorizer of an HTTP API', httpEvent(booking), { authorizer: { lambda: { principalId: 'ann' } } }, 'ann'],
    ['a token at an HTTP API', httpEvent(booking), { authorizer: { jwt: { claims: { sub: 'ann' } } } }, 'ann'],
    ['nobody', httpEvent(booking), { authorizer: { lambda: null } }, ''],
  ])('knows the caller by %s', async (_, sent, more, caller) => {
    const from = (extra: object): HttpEvent => ({ ...sent, requestContext: { ...sent.requestContext, ...extra } }) as HttpEvent;
    const { json } = await call(from(more));
    expect(json.caller).toBe(caller);
    // Keys belong to their caller.
    if (caller !== '') expect(json.id).not.toBe((await call(from({}))).json.id);
  });

  it('lets its author say who the caller is', async () => {
    const named = api(
      { caller: ({ headers }) => String(headers['x-tenant']) },
      on(defineRoute('GET /me'), ({ caller }) => ok({ caller })),
    );
    const { body } = await named(httpEvent({ path: '/me', headers: { 'x-tenant': 't-1' } }), lambdaContext);
    expect(JSON.parse(body)).toEqual({ caller: 't-1' });
  });

  it('refuses two handlers for one route', () => {
    expect(() =>
      api(
        on(getBooking, () => ok({})),
        on(getBooking, () => ok({})),
      ),
    ).toThrow(/two handlers for GET \/bookings\/\{bookingId\}/);
  });

  it('is not fooled by prototype keys in a body', async () => {
    const answer = await call(restEvent({ ...booking, body: '{"__proto__":{"seats":2},"flightId":"f"}' }));
    expect(answer.json.errors).toEqual([{ field: 'seats', message: 'is required' }]);
  });
});

describe('cursors', () => {
  const position = z.object({ pk: z.string(), n: z.number() });
  it('read what they wrote', () => {
    fc.assert(
      fc.property(fc.record({ pk: fc.string(), n: fc.integer() }), (at) => {
        expect(decodeCursor(encodeCursor(at), position)).toEqual(at);
      }),
    );
    expect(decodeCursor(encodeCursor(undefined), position)).toBeUndefined();
  });
  it('are refused when they are none of ours', () => {
    for (const cursor of ['', 'x', Buffer.from('{"pk":1}').toString('base64url')]) {
      expect(() => decodeCursor(cursor, position)).toThrow(ProblemError);
    }
  });
});
