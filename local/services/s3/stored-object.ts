/** What belongs to an object beside its bytes, under the names that the API uses. */
export interface ObjectMetadata {
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly ContentType?: string;
  readonly Expires?: Date;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly StorageClass?: string;
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly WebsiteRedirectLocation?: string;
}

const METADATA: readonly (keyof ObjectMetadata)[] = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'Metadata',
  'StorageClass',
  'ServerSideEncryption',
  'SSEKMSKeyId',
  'WebsiteRedirectLocation',
];

/** Checksums as the client gave them, by the API's member name. */
export type Checksums = Readonly<Record<string, string>>;

/** A version of an object, or the marker that it was deleted. */
export interface StoredVersion {
  readonly key: string;
  /** `null` (the text) while versioning was not on. */
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly body: Uint8Array;
  /** In double quotes, as in headers. */
  readonly etag: string;
  /** Epoch milliseconds, whole seconds. */
  readonly modifiedAt: number;
  readonly metadata: ObjectMetadata;
  readonly checksums: Checksums;
  readonly parts: number | undefined;
  tags: ReadonlyMap<string, string>;
}

export function metadataOf(input: object): ObjectMetadata {
  const given: Record<string, unknown> = { ...input };
  // Metadata of one's own travels as headers, whose names come back in lower case.
  if (given.Metadata)
    given.Metadata = Object.fromEntries(Object.entries(given.Metadata).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(METADATA.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]));
}

/** The checksums that a request carries. */
export function checksumsOf(input: object): Checksums {
  const given = Object.entries(input).filter(([name, value]) => /^Checksum(CRC|SHA|MD|XX)/.test(name) && typeof value === 'string');
  return Object.fromEntries(given) as Checksums;
}

/** The bytes of a body, however the caller gave them. */
export function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError('S3 takes a body of bytes or text; streams are read before they get here.');
}
