import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** The files of a function's deployment package. Paths are relative to `/var/task`, with forward slashes. */
export interface FunctionCode {
  /** Names this content: two functions with equal keys have equal code, which is compiled once. */
  readonly key: string;
  /** Where the files are on this machine. @default they are in memory */
  readonly directory?: string;
  /** Bytes of all files, or of the archive. */
  readonly size: number;
  readonly sha256: string;
  read(path: string): Buffer | undefined;
  /** A name for stack traces. */
  locate(path: string): string;
}

/** The code in a directory: an asset of the cloud assembly. */
export function codeInDirectory(directory: string): FunctionCode {
  const root = realpathSync(directory);
  const absolute = (path: string): string => join(root, ...normalize(path).split(sep));
  const sha256 = createHash('sha256')
    .update(root)
    .update(String(statSync(root).mtimeMs))
    .digest('base64');
  return {
    key: root,
    directory: root,
    size: statSync(root).size,
    sha256,
    read(path) {
      const file = absolute(path);
      if (relative(root, file).startsWith('..') || !existsSync(file) || !statSync(file).isFile()) return undefined;
      return readFileSync(file);
    },
    locate: absolute,
  };
}

/** Code that is in memory, by path. */
export function codeInMemory(files: ReadonlyMap<string, Buffer>): FunctionCode {
  const hash = createHash('sha256');
  let size = 0;
  for (const [path, content] of files) {
    hash.update(path).update(content);
    size += content.length;
  }
  const sha256 = hash.digest('base64');
  return {
    key: sha256,
    size,
    sha256,
    read: (path) => files.get(normalize(path).replaceAll(sep, '/')),
    locate: (path) => `/var/task/${path}`,
  };
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/**
 * The files of a ZIP archive (stored or deflated entries, as deployment packages have them).
 *
 * @throws Error when the bytes are no ZIP archive
 */
export function unzip(archive: Buffer): Map<string, Buffer> {
  let end = archive.length - 22;
  while (end >= 0 && archive.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new Error('The code is not a ZIP archive: it has no end-of-directory record.');
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let remaining = archive.readUInt16LE(end + 10); remaining > 0; remaining -= 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('The code is not a ZIP archive: its directory is damaged.');
    const method = archive.readUInt16LE(at + 10);
    const packed = archive.readUInt32LE(at + 20);
    const nameLength = archive.readUInt16LE(at + 28);
    const header = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
    const data = archive.subarray(start, start + packed);
    if (!name.endsWith('/')) files.set(name, method === 0 ? Buffer.from(data) : inflateRawSync(data));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}
