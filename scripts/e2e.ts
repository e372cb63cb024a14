import { Option } from 'commander';
import { accountOf } from './place/account.ts';
import { readPlace } from './place/command-line.ts';
import { agree } from './place/confirm.ts';
import { readOutputs } from './place/outputs.ts';
import { script } from './place/script.ts';
import { runSuite, summary } from './suite/run-suite.ts';

/** `npm run e2e`: runs the scenarios on a deployed GlobalAir. */
await script(async (args) => {
  const options = readPlace('npm run e2e --', 'Runs the scenarios on a deployed GlobalAir.', args, (text) => process.stdout.write(text), [
    new Option('--only <text>', 'only scenarios with this text in their name'),
  ]);
  if (!options) return 0;
  const { place, outputs, yes, more } = options;
  const values = readOutputs(outputs);
  const account = await accountOf(place);
  if (place.kind === 'account' && !yes)
    await agree(`Make bookings with GlobalAir in account ${account}, ${place.region}, at the usual prices?`);
  const result = await runSuite(
    place.target,
    {
      target: place.target,
      region: place.region,
      outputs: values,
      ...(place.kind === 'endpoint' ? { endpoint: place.endpoint } : { profile: place.profile }),
    },
    more.only as string | undefined,
  );
  process.stdout.write(`${summary(result)}\n`);
  return result.failed.length === 0 && result.passed.length > 0 ? 0 : 1;
});
