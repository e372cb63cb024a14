export type AssemblyErrorCode = 'BadAssembly' | 'UnknownResourceType' | 'UnresolvableReference' | 'CircularDependency' | 'ResourceRefused';

/** A cloud assembly that the local cloud can't run; the message names the file or the construct path and what to do. */
export class AssemblyError extends Error {
  readonly code: AssemblyErrorCode;

  constructor(code: AssemblyErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AssemblyError';
    this.code = code;
  }
}
