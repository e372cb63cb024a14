import { type Dialect, mismatch } from './document.ts';
import { isRecord, outputError, parseTimestamp, serializationError, toBytes } from './values.ts';

const EPOCH_TAG = 1;

/** CBOR's own numbers, bytes and tagged times. Loaded when a request first speaks it. */
export interface Cbor {
  parse(bytes: Uint8Array): unknown;
  format(value: unknown): Uint8Array;
  /** RPC v2: times in seconds. */
  readonly seconds: Dialect;
  /** The older `x-amz-cbor-1.1` of Java's Kinesis clients: times in milliseconds. */
  readonly milliseconds: Dialect;
}

let loading: Promise<Cbor> | undefined;

export function loadCbor(): Promise<Cbor> {
  loading ??= import('@smithy/core/cbor').then(({ cbor, tag }) => {
    const dialect = (unit: number): Dialect => ({
      readBlob(value, path) {
        if (!(value instanceof Uint8Array)) throw mismatch(path, value, 'Blob');
        // The parser gives views of the request's body; what is stored must not hold on to it.
        return Uint8Array.from(value);
      },
      writeBlob: toBytes,
      readTimestamp(value, path) {
        const time = isRecord(value) ? value.value : value;
        if (typeof time !== 'number' && typeof time !== 'bigint') throw mismatch(path, value, 'Timestamp');
        return parseTimestamp(Number(time) / unit, path);
      },
      writeTimestamp(_shape, value, path) {
        if (!(value instanceof Date)) throw outputError(path, 'a Date', value);
        return tag({ tag: EPOCH_TAG, value: (value.getTime() / 1000) * unit });
      },
      writeNumber: (value) => value,
    });
    return {
      parse(bytes) {
        try {
          return cbor.deserialize(bytes);
        } catch (cause) {
          throw serializationError('', 'The request is not well-formed CBOR', cause);
        }
      },
      format: (value) => cbor.serialize(value),
      seconds: dialect(1),
      milliseconds: dialect(1000),
    };
  });
  return loading;
}
