import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod/mini';
import { type BodyInputOf, type BodyOf, ContractError, defineRoute, type PathOf } from '../../lambdas/contracts/index.ts';

describe('defineRoute', () => {
  it('takes a pattern apart', () => {
    expect(defineRoute('GET /flights/{flightId}/seats/{seat}')).toMatchObject({
      key: 'GET /flights/{flightId}/seats/{seat}',
      method: 'GET',
      path: '/flights/{flightId}/seats/{seat}',
      parameters: ['flightId', 'seat'],
      maxBytes: 65_536,
      mediaType: 'application/json',
      idempotencyKey: undefined,
    });
    expect(defineRoute('PUT /files/{path+}').parameters).toEqual(['path']);
    expect(defineRoute('GET /').parameters).toEqual([]);
  });

  it('knows the types of body and path', () => {
    const route = defineRoute('POST /flights/{flightId}/seats/{seat}', { body: z.object({ n: z._default(z.int(), 1) }) });
    expectTypeOf<BodyOf<typeof route>>().toEqualTypeOf<{ n: number }>();
    expectTypeOf<BodyInputOf<typeof route>>().toEqualTypeOf<{ n?: number | undefined }>();
    expectTypeOf<keyof PathOf<typeof route>>().toEqualTypeOf<'flightId' | 'seat'>();
  });

  it.each([['FETCH /a'], ['GET a'], ['GET /a//b'], ['GET /a b'], ['GET /{a+}/b'], ['GET /{a}/{a}'], ['GET /{1a}'], ['GET /a/']])(
    'refuses %j',
    (pattern) => {
      expect(() => defineRoute(pattern as 'GET /a')).toThrow(ContractError);
    },
  );

  it('refuses bodies where none can be, and limits that API Gateway does not have', () => {
    expect(() => defineRoute('GET /a', { body: z.object({}) })).toThrow(/has a body/);
    expect(() => defineRoute('POST /a', { maxBytes: 11 * 1024 * 1024 })).toThrow(/maxBytes/);
    expect(() => defineRoute('POST /a', { maxBytes: 0 })).toThrow(/maxBytes/);
  });
});
