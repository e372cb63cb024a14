/** The bucket a request addresses, and the path that is left. */
export interface BucketTarget {
  readonly bucket?: string;
  readonly path: string;
}

/**
 * Takes the bucket from the host (`bucket.s3.us-east-1.amazonaws.com`, `bucket.s3.localhost:4566`, `bucket.localhost`)
 * or else from the first segment of the path.
 */
export function bucketTarget(host: string, path: string): BucketTarget {
  const name = host.replace(/:\d+$/, '');
  const bucket = /^(?!s3[.-])(.+?)\.s3[.-]/.exec(name)?.[1] ?? /^(?!s3\.)(.+)\.localhost$/.exec(name)?.[1];
  if (bucket !== undefined && bucket !== 's3') return { bucket, path };
  const end = path.indexOf('/', 1);
  const first = end < 0 ? path.slice(1) : path.slice(1, end);
  if (first === '') return { path };
  return { bucket: first, path: end < 0 ? '/' : path.slice(end) };
}
