import { REGION } from '../../../kernel/index.ts';
import type { Bucket } from '../bucket.ts';

/** Something that happened to an object. */
export interface ObjectEvent {
  /** `ObjectCreated:Put`, without the `s3:` of configurations. */
  readonly name: string;
  readonly bucket: Bucket;
  readonly key: string;
  readonly size: number | undefined;
  /** In double quotes. */
  readonly etag: string | undefined;
  /** Absent when versioning was never on. */
  readonly versionId: string | undefined;
  readonly sequencer: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly requester: string;
  readonly requestId: string;
}

/** The record that queues, topics and functions get. Keys are encoded as in a form: spaces are plus signs. */
export function eventRecord(event: ObjectEvent, configurationId: string): object {
  const principalId = event.requester.split(':').at(-1) ?? '';
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: REGION,
    eventTime: new Date(event.at).toISOString(),
    eventName: event.name,
    userIdentity: { principalId: `AWS:${principalId}` },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': event.requestId, 'x-amz-id-2': Buffer.from(event.requestId).toString('base64') },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: { name: event.bucket.name, ownerIdentity: { principalId: 'LOCAL' }, arn: event.bucket.arn },
      object: {
        key: encodeURIComponent(event.key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        ...(event.size === undefined ? {} : { size: event.size }),
        ...(event.etag === undefined ? {} : { eTag: event.etag.replaceAll('"', '') }),
        ...(event.versionId === undefined ? {} : { versionId: event.versionId }),
        ...(event.sequencer === undefined ? {} : { sequencer: event.sequencer }),
      },
    },
  };
}

const DETAIL_TYPES: Readonly<Record<string, string>> = {
  ObjectCreated: 'Object Created',
  ObjectRemoved: 'Object Deleted',
  ObjectTagging: 'Object Tags',
  LifecycleExpiration: 'Object Deleted',
};

const REASONS: Readonly<Record<string, string>> = {
  Put: 'PutObject',
  Post: 'POST Object',
  Copy: 'CopyObject',
  CompleteMultipartUpload: 'CompleteMultipartUpload',
  Delete: 'DeleteObject',
  DeleteMarkerCreated: 'DeleteObject',
};

/** The entry that EventBridge gets, keys as they are. */
export function eventBridgeEntry(event: ObjectEvent): { readonly DetailType: string; readonly Detail: string } {
  const [kind = '', what = ''] = event.name.split(':');
  const tagging = kind === 'ObjectTagging' ? (what === 'Delete' ? ' Deleted' : ' Added') : '';
  const detail = {
    version: '0',
    bucket: { name: event.bucket.name },
    object: {
      key: event.key,
      ...(event.size === undefined ? {} : { size: event.size }),
      ...(event.etag === undefined ? {} : { etag: event.etag.replaceAll('"', '') }),
      ...(event.versionId === undefined ? {} : { 'version-id': event.versionId }),
      ...(event.sequencer === undefined ? {} : { sequencer: event.sequencer }),
    },
    'request-id': event.requestId,
    requester: event.requester.split(':')[4] || event.requester,
    'source-ip-address': '127.0.0.1',
    ...(tagging ? {} : { reason: kind === 'LifecycleExpiration' ? 'Lifecycle Expiration' : (REASONS[what] ?? what) }),
    ...(DETAIL_TYPES[kind] === 'Object Deleted'
      ? { 'deletion-type': what === 'DeleteMarkerCreated' ? 'Delete Marker Created' : 'Permanently Deleted' }
      : {}),
  };
  return { DetailType: `${DETAIL_TYPES[kind] ?? kind}${tagging}`, Detail: JSON.stringify(detail) };
}
