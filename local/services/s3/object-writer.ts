import { createHash } from 'node:crypto';
import type { CallContext } from '../../kernel/index.ts';
import type { Bucket } from './bucket.ts';
import type { Buckets } from './buckets.ts';
import type { Notifier } from './notifications/notifier.ts';
import type { Checksums, ObjectMetadata, StoredVersion } from './stored-object.ts';

export interface NewObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly metadata: ObjectMetadata;
  readonly tags: ReadonlyMap<string, string>;
  readonly checksums?: Checksums;
  /** Of a multipart upload. @default the MD5 of the body */
  readonly etag?: string;
  readonly parts?: number;
}

/** What a delete did. */
export interface Deletion {
  readonly deleteMarker: boolean;
  readonly versionId: string | undefined;
}

/** Changes objects by the versioning of their bucket, and tells of it. */
export class ObjectWriter {
  readonly #buckets: Buckets;
  readonly #notifier: Notifier;

  constructor(buckets: Buckets, notifier: Notifier) {
    this.#buckets = buckets;
    this.#notifier = notifier;
  }

  /** @param event what it is called in events: `ObjectCreated:Put` */
  put(bucket: Bucket, object: NewObject, event: string, context: CallContext): StoredVersion {
    const version: StoredVersion = {
      key: object.key,
      versionId: bucket.versioning === 'Enabled' ? this.#buckets.newVersionId() : 'null',
      deleteMarker: false,
      body: object.body,
      etag: object.etag ?? `"${createHash('md5').update(object.body).digest('hex')}"`,
      modifiedAt: this.#buckets.seconds(),
      metadata: object.metadata,
      checksums: object.checksums ?? {},
      parts: object.parts,
      tags: object.tags,
    };
    bucket.objects.put(version);
    this.#tell(event, bucket, version, context);
    return version;
  }

  /** Deletes a version for good, or the object: behind a marker where versioning is on. */
  delete(
    bucket: Bucket,
    key: string,
    versionId: string | undefined,
    context: CallContext,
    cause: 'ObjectRemoved' | 'LifecycleExpiration' = 'ObjectRemoved',
  ): Deletion {
    if (versionId !== undefined) {
      const removed = bucket.objects.remove(key, versionId);
      if (removed && !removed.deleteMarker)
        this.#tell(`${cause}:Delete`, bucket, { ...removed, body: undefined, etag: undefined }, context);
      return { deleteMarker: removed?.deleteMarker ?? false, versionId };
    }
    if (bucket.versioning === undefined) {
      const removed = bucket.objects.remove(key, 'null');
      if (removed) this.#tell(`${cause}:Delete`, bucket, { ...removed, body: undefined, etag: undefined }, context);
      return { deleteMarker: false, versionId: undefined };
    }
    const marker: StoredVersion = {
      key,
      versionId: bucket.versioning === 'Enabled' ? this.#buckets.newVersionId() : 'null',
      deleteMarker: true,
      body: new Uint8Array(),
      etag: '"d41d8cd98f00b204e9800998ecf8427e"',
      modifiedAt: this.#buckets.seconds(),
      metadata: {},
      checksums: {},
      parts: undefined,
      tags: new Map(),
    };
    bucket.objects.put(marker);
    this.#tell(`${cause}:DeleteMarkerCreated`, bucket, { ...marker, body: undefined }, context);
    return { deleteMarker: true, versionId: marker.versionId };
  }

  tag(bucket: Bucket, version: StoredVersion, tags: ReadonlyMap<string, string>, event: string, context: CallContext): void {
    version.tags = tags;
    this.#tell(event, bucket, { ...version, body: undefined }, context, false);
  }

  #tell(
    name: string,
    bucket: Bucket,
    version: Pick<StoredVersion, 'key' | 'versionId'> & { readonly body: Uint8Array | undefined; readonly etag: string | undefined },
    context: CallContext,
    ordered = true,
  ): void {
    this.#notifier.notify({
      name,
      bucket,
      key: version.key,
      size: version.body?.length,
      etag: version.etag,
      versionId: bucket.versioning === undefined ? undefined : version.versionId,
      sequencer: ordered ? this.#buckets.nextSequencer() : undefined,
      at: this.#buckets.kernel.now(),
      requester: context.principal,
      requestId: context.requestId,
    });
  }
}
