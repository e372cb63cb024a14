export {
  hasGrammaticalNumber,
  nextOccurrence,
  type OccurrenceOptions,
  parseScheduleExpression,
  type ScheduleExpression,
} from './schedule-expression.ts';
export { isTimeZone } from './time-zone.ts';
