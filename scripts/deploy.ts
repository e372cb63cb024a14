import { accountOf, isBootstrapped } from './place/account.ts';
import { cdk } from './place/cdk.ts';
import { readPlace } from './place/command-line.ts';
import { agree, PRICES } from './place/confirm.ts';
import { outputsFile, STACK } from './place/outputs.ts';
import { describePlace } from './place/place.ts';
import { script } from './place/script.ts';

/** `npm run deploy`: deploys GlobalAir with the CDK's CLI, bootstrapping first where that has not been done. */
await script(async (args) => {
  const options = readPlace('npm run deploy --', 'Deploys GlobalAir with the CDK.', args, (text) => process.stdout.write(text));
  if (!options) return 0;
  const { place, outputs, yes } = options;
  const account = await accountOf(place);
  if (place.kind === 'account' && !yes) await agree(`${PRICES}\nDeploy to account ${account} in ${place.region}?`);
  if (!(await isBootstrapped(place))) {
    await cdk(place, ['bootstrap', `aws://${account}/${place.region}`]);
  }
  const file = outputsFile(outputs);
  await cdk(place, ['deploy', STACK, '--require-approval', 'never', '--progress', 'events', '--outputs-file', file]);
  process.stdout.write(`Deployed to ${describePlace(place)}; outputs are in ${outputs}\n`);
  return 0;
});
