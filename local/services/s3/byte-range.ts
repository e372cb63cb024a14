import { AwsError } from '../../kernel/index.ts';

/** A piece of an object. */
export interface ByteRange {
  readonly start: number;
  /** Inclusive, as in the header. */
  readonly end: number;
}

/**
 * Reads a `Range` header: `bytes=0-9`, `bytes=10-`, `bytes=-10`. Anything else means the whole, as on S3.
 *
 * @throws AwsError `InvalidRange` (416) for a range behind the end
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (!match || (from === '' && to === '')) return undefined;
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  if (start >= size || (from === '' && Number(to) === 0)) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', {
      status: 416,
      details: { RangeRequested: header ?? '', ActualObjectSize: String(size) },
    });
  }
  return { start, end };
}
