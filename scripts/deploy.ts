import { accountOf } from './place/account.ts';
import { readPlace } from './place/command-line.ts';
import { agree, PRICES } from './place/confirm.ts';
import { deploy } from './place/deployment.ts';
import { describePlace } from './place/place.ts';
import { script } from './place/script.ts';

/** `npm run deploy`: deploys GlobalAir with the CDK's CLI. */
await script(async (args) => {
  const options = readPlace('npm run deploy --', 'Deploys GlobalAir with the CDK.', args, (text) => process.stdout.write(text));
  if (!options) return 0;
  const { place, outputs, yes } = options;
  const account = await accountOf(place);
  if (place.kind === 'account' && !yes) await agree(`${PRICES}\nDeploy to account ${account} in ${place.region}?`);
  await deploy(place, outputs);
  process.stdout.write(`Deployed to ${describePlace(place)}; outputs are in ${outputs}\n`);
  return 0;
});
