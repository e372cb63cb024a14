/** What the card network knows of one authorisation. Amounts are in US cents. */
export interface Authorisation {
  readonly authorisationId: string;
  readonly amount: number;
  readonly status: 'held' | 'declined' | 'voided';
  /** How often it was asked for. */
  readonly attempts: number;
}

/** How the network answers a request to authorise: its record afterwards, and whether it answers, fails or keeps silent. */
export interface NetworkAnswer {
  readonly record: Authorisation;
  readonly answer: 'approved' | 'declined' | 'unavailable' | 'silence';
}

const FLAKY_FAILURES = 2;

/**
 * Decides one request, as the test cards of payment providers do: `tok_visa` is approved, `tok_declined` declined, `tok_flaky` fails twice
 * and is then approved, `tok_timeout` is approved but answers the first time too late to be heard. Any other token is declined.
 *
 * The same idempotency key asks for the same authorisation: a repeated request never holds money twice, and one that was voided
 * before it was heard of is declined.
 *
 * @param before what the network has under this idempotency key
 */
export function decideAuthorisation(
  before: Authorisation | undefined,
  token: string,
  amount: number,
  authorisationId: string,
): NetworkAnswer {
  const attempts = (before?.attempts ?? 0) + 1;
  const record = (status: Authorisation['status']): Authorisation => ({
    authorisationId: before?.authorisationId ?? authorisationId,
    amount,
    status,
    attempts,
  });
  if (before?.status === 'held') return { record: { ...before, attempts }, answer: 'approved' };
  if (before?.status === 'voided') return { record: { ...before, attempts }, answer: 'declined' };
  if (token === 'tok_visa') return { record: record('held'), answer: 'approved' };
  if (token === 'tok_timeout') return { record: record('held'), answer: 'silence' };
  if (token === 'tok_flaky') {
    return attempts <= FLAKY_FAILURES
      ? { record: record('declined'), answer: 'unavailable' }
      : { record: record('held'), answer: 'approved' };
  }
  return { record: record('declined'), answer: 'declined' };
}
