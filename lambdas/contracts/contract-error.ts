/** What can be wrong between a value and its contract. Stable: code may branch on it. */
export type ContractErrorCode =
  | 'MILLRACE_CONTRACT_NOT_AN_ENVELOPE'
  | 'MILLRACE_CONTRACT_OTHER_TYPE'
  | 'MILLRACE_CONTRACT_OTHER_VERSION'
  | 'MILLRACE_CONTRACT_INVALID_DATA'
  | 'MILLRACE_CONTRACT_ASYNC_SCHEMA'
  | 'MILLRACE_CONTRACT_BAD_DEFINITION';

/** A part of a value that its schema refuses. */
export interface FieldProblem {
  /** Path of the field: `seats`, `passengers[2].name`; empty for the value as a whole. */
  readonly field: string;
  readonly message: string;
}

/** A value does not keep its contract, or a contract is ill defined. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly code: ContractErrorCode;
  /** Every field that is wrong. Empty when the fault is not in a field. */
  readonly problems: readonly FieldProblem[];

  constructor(code: ContractErrorCode, message: string, problems: readonly FieldProblem[] = [], options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.problems = problems;
  }
}
