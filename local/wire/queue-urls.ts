import { isRecord } from './codecs/values.ts';

/** Where the SQS service, which knows no ports, says that its queues are. */
const STATED = 'http://127.0.0.1:4566/';
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * Queue URLs as they are reached from where the caller is: SDKs send messages to the host in the URL. A caller in the
 * process, who talks to AWS's own host names, gets them as they are.
 */
export function localQueueUrls(output: object, host: string): object {
  if (!isRecord(output) || !LOOPBACK.test(host)) return output;
  const move = (url: unknown): unknown =>
    typeof url === 'string' && url.startsWith(STATED) ? `http://${host}/${url.slice(STATED.length)}` : url;
  if ('QueueUrl' in output) return { ...output, QueueUrl: move(output.QueueUrl) };
  for (const list of ['QueueUrls', 'queueUrls']) {
    const urls = output[list];
    if (Array.isArray(urls)) return { ...output, [list]: urls.map(move) };
  }
  return output;
}
