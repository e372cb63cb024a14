import type { QueryLanguage, StateType } from './definition.ts';

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const MOVING = ['Next', 'End'];
const HANDLING = ['Retry', 'Catch'];
const PATHS = ['InputPath', 'OutputPath'];
const RESULT = ['Parameters', 'ResultSelector', 'ResultPath'];
const TIMES = ['TimeoutSeconds', 'HeartbeatSeconds'];
const TOLERANCE = ['MaxConcurrency', 'ToleratedFailureCount', 'ToleratedFailurePercentage'];
const MAP = ['ItemProcessor', 'Iterator', 'ItemSelector', 'ItemReader', 'ItemBatcher', 'ResultWriter', 'Label', ...TOLERANCE];

/** Fields that each type of state has in either language. */
const SHARED: Readonly<Record<StateType, readonly string[]>> = {
  Pass: [...MOVING, 'Assign'],
  Task: [...MOVING, ...HANDLING, ...TIMES, 'Assign', 'Resource', 'Credentials'],
  Choice: ['Choices', 'Default', 'Assign'],
  Wait: [...MOVING, 'Seconds', 'Timestamp', 'Assign'],
  Succeed: ['End'],
  Fail: ['Error', 'Cause'],
  Parallel: [...MOVING, ...HANDLING, 'Branches', 'Assign'],
  Map: [...MOVING, ...HANDLING, ...MAP, 'Assign'],
};

const JSONPATH: Readonly<Record<StateType, readonly string[]>> = {
  Pass: [...PATHS, 'Parameters', 'Result', 'ResultPath'],
  Task: [...PATHS, ...RESULT, 'TimeoutSecondsPath', 'HeartbeatSecondsPath'],
  Choice: PATHS,
  Wait: [...PATHS, 'SecondsPath', 'TimestampPath'],
  Succeed: PATHS,
  Fail: ['ErrorPath', 'CausePath'],
  Parallel: [...PATHS, ...RESULT],
  Map: [...PATHS, ...RESULT, 'ItemsPath', ...TOLERANCE.map((name) => `${name}Path`)],
};

const JSONATA: Readonly<Record<StateType, readonly string[]>> = {
  Pass: ['Output'],
  Task: ['Arguments', 'Output'],
  Choice: ['Output'],
  Wait: ['Output'],
  Succeed: ['Output'],
  Fail: [],
  Parallel: ['Arguments', 'Output'],
  Map: ['Items', 'Output'],
};

export const STATE_TYPES = Object.keys(SHARED) as readonly StateType[];

/** Whether a state of a type and a language may have a field. */
export function hasField(type: StateType, language: QueryLanguage, name: string): boolean {
  const own = language === 'JSONata' ? JSONATA[type] : JSONPATH[type];
  return COMMON.includes(name) || SHARED[type].includes(name) || own.includes(name);
}
