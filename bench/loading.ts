import { LocalCloud } from 'millrace/local';
import { globalAir } from './assembly.ts';
import { type Bench, type Figure, median, timed } from './figure.ts';

/** How soon the local cloud is ready. */
export const loading: Bench = {
  name: 'Loading GlobalAir',
  about:
    'from its assembly, in this process, until its resources are there, and until a first request is answered (handlers are compiled when first called). Starting Node is not in it.',
  async run({ quick }) {
    const { ms: synthesis, result: directory } = await timed(async () => globalAir());
    const loads: number[] = [];
    let firstAnswer = Number.NaN;
    for (let round = 0; round < (quick ? 3 : 9); round += 1) {
      const { ms, result: cloud } = await timed(() => LocalCloud.fromAssembly(directory));
      loads.push(ms);
      if (round === 0) firstAnswer = ms + (await timed(() => cloud.fetch('/v1/flights?origin=SFO'))).ms;
      await cloud.stop();
    }
    const figure = (what: string, value: number): Figure => ({
      what,
      value,
      unit: 'ms',
      budget: 1_000,
      beside: { what: 'the time of synthesizing it', times: value / synthesis },
    });
    const [first = Number.NaN, ...again] = loads;
    return [
      figure('loaded, the first time', first),
      figure('… and a first request answered', firstAnswer),
      figure(`loaded again, median of ${again.length}`, median(again)),
    ];
  },
};
