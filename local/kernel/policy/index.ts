export { type ConditionKeys, conditionsHold } from './conditions.ts';
export { type AccessRequest, type Decision, evaluate } from './evaluate.ts';
export { isServicePrincipal, requestKeys } from './request-keys.ts';
export {
  type ConditionElement,
  many,
  type OneOrMany,
  type ParsedPolicy,
  type PrincipalElement,
  parsePolicy,
  type Statement,
} from './statement.ts';
export { matchesArn, matchesWildcard } from './wildcard.ts';
