import { main } from '../examples/globalair/start/cli.ts';

process.exitCode = await main(process.argv.slice(2));
