import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../../kernel/index.ts';

const digest = (algorithm: string) => (body: Uint8Array) => createHash(algorithm).update(body).digest('base64');

/** The checksums of a body that the wire can verify, by the header that carries them. */
const CHECKSUMS: Readonly<Record<string, (body: Uint8Array) => string>> = {
  'content-md5': digest('md5'),
  'x-amz-checksum-md5': digest('md5'),
  'x-amz-checksum-sha1': digest('sha1'),
  'x-amz-checksum-sha256': digest('sha256'),
  'x-amz-checksum-sha512': digest('sha512'),
  'x-amz-checksum-crc32': (body) => bigEndian(crc32(body)),
  'x-amz-checksum-crc32c': (body) => bigEndian(crc32c(body)),
};

/**
 * Compares a body with the checksums that came with it.
 *
 * @throws AwsError `BadDigest` when one does not agree
 */
export function verifyChecksums(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
  for (const [header, checksum] of Object.entries(CHECKSUMS)) {
    const claimed = headers[header];
    if (claimed === undefined || checksum(body) === claimed) continue;
    const name = header === 'content-md5' ? 'Content-MD5' : header.slice('x-amz-checksum-'.length).toUpperCase();
    throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
}

function bigEndian(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}

let table: Uint32Array | undefined;

/** CRC-32C (Castagnoli), RFC 3720 appendix B.4. */
function crc32c(body: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f6_3b78 : value >>> 1;
    return value;
  });
  let crc = 0xffff_ffff;
  for (const byte of body) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffff_ffff) >>> 0;
}
