import { createHash } from 'node:crypto';

const ALLOWED = /^[A-Za-z0-9_-]{1,80}$/;

/**
 * The name of the execution of the saga of a subject: the subject itself where Step Functions takes it as a name, else a readable part of it
 * and its hash. A pure function of the subject: a second event starts nothing twice.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function executionName(subject: string): string {
  if (ALLOWED.test(subject)) return subject;
  const readable = subject.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 47);
  return `${readable}-${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`;
}
