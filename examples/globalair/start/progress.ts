import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** A progress bar on stderr; on a pipe, where a bar would only be noise, one line at the end. */
export function progressBar(label: string, total: number): Progress {
  if (!process.stderr.isTTY) {
    return { update() {}, stop: () => process.stderr.write(`${label}: ${total}\n`) };
  }
  const bar = new SingleBar(
    { format: `${label} [{bar}] {value}/{total} in {duration_formatted}`, stream: process.stderr, clearOnComplete: false },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return {
    update: (done) => bar.update(done),
    stop: () => {
      bar.update(total);
      bar.stop();
    },
  };
}
