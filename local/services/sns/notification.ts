import type { MessageAttributeValue } from '@aws-sdk/client-sns';

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** A published message, on its way to subscriptions. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  /** What subscriptions get that have no text of their own. */
  readonly message: string;
  /** Text by protocol, for `MessageStructure: 'json'`. */
  readonly byProtocol: Readonly<Record<string, string>>;
  readonly attributes: MessageAttributes;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
  readonly fifo: boolean;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sequenceNumber: string | undefined;
}

/** The text that a subscription gets. */
export function textFor(notification: Notification, protocol: string): string {
  return notification.byProtocol[protocol] ?? notification.message;
}

const CERTIFICATE = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-local.pem';

/** The JSON that SNS wraps a message in, members in its order. Nothing is signed: the signature only has the form of one. */
export function envelope(notification: Notification, protocol: string, subscriptionArn: string, signatureVersion: string): object {
  const attributes = envelopeAttributes(notification.attributes);
  return {
    Type: 'Notification',
    MessageId: notification.messageId,
    ...(notification.sequenceNumber === undefined ? {} : { SequenceNumber: notification.sequenceNumber }),
    TopicArn: notification.topicArn,
    ...(notification.subject === undefined ? {} : { Subject: notification.subject }),
    Message: textFor(notification, protocol),
    Timestamp: new Date(notification.publishedAt).toISOString(),
    ...(notification.fifo ? {} : { SignatureVersion: signatureVersion, Signature: signature(notification), SigningCertURL: CERTIFICATE }),
    UnsubscribeURL: unsubscribeUrl(subscriptionArn),
    ...(attributes ? { MessageAttributes: attributes } : {}),
  };
}

/** The event that a function gets. */
export function lambdaEvent(notification: Notification, subscriptionArn: string, signatureVersion: string): object {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          Type: 'Notification',
          MessageId: notification.messageId,
          TopicArn: notification.topicArn,
          Subject: notification.subject ?? null,
          Message: textFor(notification, 'lambda'),
          Timestamp: new Date(notification.publishedAt).toISOString(),
          SignatureVersion: signatureVersion,
          Signature: signature(notification),
          SigningCertUrl: CERTIFICATE,
          UnsubscribeUrl: unsubscribeUrl(subscriptionArn),
          MessageAttributes: envelopeAttributes(notification.attributes) ?? {},
        },
      },
    ],
  };
}

function envelopeAttributes(attributes: MessageAttributes): Record<string, { Type: string; Value: string }> | undefined {
  const entries = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType ?? '', Value: BinaryValue ? Buffer.from(BinaryValue).toString('base64') : (StringValue ?? '') },
  ]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function signature(notification: Notification): string {
  return Buffer.from(`not signed: ${notification.messageId}`).toString('base64');
}

function unsubscribeUrl(subscriptionArn: string): string {
  return `http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`;
}
