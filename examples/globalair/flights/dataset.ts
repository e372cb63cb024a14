import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** How many rows of the public flight data to read. */
export type DatasetSize = '2k' | '5k' | '10k' | '20k' | '200k';
export const DATASET_SIZES: readonly DatasetSize[] = ['2k', '5k', '10k', '20k', '200k'];

/** One departure as the data has it; a row of another shape is passed on as it stands, for the stream to judge. */
export interface FlightRow {
  /** Scheduled departure, local to the origin: `2001/01/01 06:55`. */
  readonly date: string;
  /** Minutes late; negative when early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

export class DatasetMissingError extends Error {
  readonly code = 'DatasetMissing';

  constructor(file: string, options?: { cause?: unknown }) {
    super(`The flight data is missing: ${file}. Install it with: npm ci`, options);
    this.name = 'DatasetMissingError';
  }
}

/**
 * Reads flight rows (US domestic departures of 2001, published by the Bureau of Transportation Statistics, as the npm package
 * `vega-datasets` carries them).
 *
 * `flights-200k.json` of that package has neither dates nor airports, so 200k is the first 200,000 rows of its three-million-row
 * table `flights-3m.parquet`.
 *
 * @throws DatasetMissingError when the package or the file is not there
 */
export async function readFlights(size: DatasetSize): Promise<readonly unknown[]> {
  if (size === '200k') return readParquet(dataFile('flights-3m.parquet'), 200_000);
  return JSON.parse(readFileSync(dataFile(`flights-${size}.json`), 'utf8')) as unknown[];
}

function dataFile(name: string): string {
  let main: string;
  try {
    main = createRequire(import.meta.url).resolve('vega-datasets');
  } catch (cause) {
    throw new DatasetMissingError(`vega-datasets/data/${name}`, { cause });
  }
  const file = join(dirname(main), '..', 'data', name);
  if (!existsSync(file)) throw new DatasetMissingError(`vega-datasets/data/${name}`);
  return file;
}

async function readParquet(file: string, count: number): Promise<FlightRow[]> {
  // Read only when asked for: most runs don't need a Parquet reader.
  const [{ asyncBufferFromFile, parquetReadObjects }, { decompress }] = await Promise.all([import('hyparquet'), import('fzstd')]);
  const rows = await parquetReadObjects({
    file: await asyncBufferFromFile(file),
    rowStart: 0,
    rowEnd: count,
    compressors: { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) },
  });
  return rows.map((row) => ({
    date: (row.date as Date).toISOString().slice(0, 16).replace('T', ' ').replaceAll('-', '/'),
    delay: Number(row.delay),
    distance: Number(row.distance),
    origin: String(row.origin),
    destination: String(row.destination),
  }));
}
