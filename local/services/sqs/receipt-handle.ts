/** Makes the handle of one receive of a message. Opaque to consumers; different for each receive. */
export function receiptHandle(queueName: string, messageId: string, receive: number): string {
  return Buffer.from(`${receive} ${messageId} ${queueName}`).toString('base64');
}

/** The message that a handle was made for, unless it is no handle of this queue. */
export function messageIdOf(handle: string, queueName: string): string | undefined {
  const [receive, messageId, name] = Buffer.from(handle, 'base64').toString('utf8').split(' ');
  return messageId !== undefined && name === queueName && /^\d+$/.test(receive ?? '') ? messageId : undefined;
}
