import type { TestEventPatternRequest, TestEventPatternResponse } from '@aws-sdk/client-eventbridge';
import { matchesEvent, readEvent } from '../../event-pattern/index.ts';
import { compileEventPattern } from './compile-event-pattern.ts';
import { validationError } from './errors.ts';
import type { Operations } from './scope.ts';

/** Fields that the event to be tested must have. */
const REQUIRED = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

function testEventPattern(input: TestEventPatternRequest): TestEventPatternResponse {
  const pattern = compileEventPattern(input.EventPattern ?? '');
  return { Result: matchesEvent(pattern, readTestEvent(input.Event ?? '')) };
}

function readTestEvent(text: string): object {
  let event: unknown;
  try {
    event = readEvent(text);
  } catch {
    event = undefined;
  }
  if (typeof event !== 'object' || event === null || REQUIRED.some((name) => !Object.hasOwn(event, name))) {
    throw validationError('Parameter Event is not valid.');
  }
  return event;
}

export const patternOperations = { TestEventPattern: testEventPattern } satisfies Operations;
