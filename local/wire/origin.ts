import { AwsError } from '../kernel/index.ts';

const LOCAL = /^https?:\/\/(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9-]+\.)*localhost)(?::\d+)?$/i;

/**
 * Keeps web pages from elsewhere away: a browser lets any page post to a port of this machine, and the local cloud asks for
 * no password. Pages served from this machine may.
 *
 * @param origin the `Origin` header, which browsers send and SDKs do not
 * @throws AwsError `AccessDenied`
 */
export function refuseForeignPages(origin: string | undefined): void {
  if (origin === undefined || LOCAL.test(origin)) return;
  throw new AwsError('AccessDenied', `The local cloud answers web pages of this machine only, not of ${origin}.`, { status: 403 });
}
