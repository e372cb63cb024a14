import { accountOf } from './place/account.ts';
import { readPlace } from './place/command-line.ts';
import { agree } from './place/confirm.ts';
import { destroy } from './place/deployment.ts';
import { STACK } from './place/outputs.ts';
import { describePlace } from './place/place.ts';
import { script } from './place/script.ts';

/** `npm run destroy`: takes GlobalAir away again. */
await script(async (args) => {
  const options = readPlace('npm run destroy --', 'Destroys a deployed GlobalAir and its data.', args, (text) =>
    process.stdout.write(text),
  );
  if (!options) return 0;
  const { place, yes } = options;
  const account = await accountOf(place);
  if (place.kind === 'account' && !yes) await agree(`Destroy ${STACK} and all its data in account ${account}, ${place.region}?`);
  await destroy(place);
  process.stdout.write(`Destroyed on ${describePlace(place)}\n`);
  return 0;
});
