import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import type { Statement } from '../../kernel/policy/index.ts';
import { ObjectStore } from './object-store.ts';
import type { Checksums, ObjectMetadata } from './stored-object.ts';

/** A part of a multipart upload. */
export interface UploadedPart {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly checksums: Checksums;
}

/** A multipart upload that is under way. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly startedAt: number;
  readonly metadata: ObjectMetadata;
  readonly tags: ReadonlyMap<string, string>;
  readonly parts: Map<number, UploadedPart>;
}

export interface Bucket {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly objects: ObjectStore;
  readonly uploads: Map<string, Upload>;
  versioning: 'Enabled' | 'Suspended' | undefined;
  notifications: NotificationConfiguration;
  /** The policy document as it was given. @default none */
  policyText: string | undefined;
  policy: readonly Statement[];
  /** Settings that change nothing here, by the name of their operations. */
  readonly settings: Map<string, unknown>;
}

export function newBucket(name: string, createdAt: number): Bucket {
  return {
    name,
    arn: `arn:aws:s3:::${name}`,
    createdAt,
    objects: new ObjectStore(),
    uploads: new Map(),
    versioning: undefined,
    notifications: {},
    policyText: undefined,
    policy: [],
    settings: new Map(),
  };
}
