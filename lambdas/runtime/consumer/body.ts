/**
 * Takes an event out of what carried it: the body itself (raw delivery), an SNS notification, an EventBridge event, or an EventBridge
 * event inside a notification.
 *
 * @returns the JSON value of the event, or the text itself when it is not JSON
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
 */
export function unwrap(body: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return body;
  }
  if (typeof value !== 'object' || value === null) return value;
  const wrapper = value as Record<string, unknown>;
  if (wrapper.Type === 'Notification' && typeof wrapper.Message === 'string') return unwrap(wrapper.Message);
  if (typeof wrapper['detail-type'] === 'string' && typeof wrapper.detail === 'object' && wrapper.detail !== null) return wrapper.detail;
  return value;
}
