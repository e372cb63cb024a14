import { App } from 'aws-cdk-lib';
import { applyTarget } from 'millrace';
import { GlobalAirStack } from '../examples/globalair/stack.ts';

/** The CDK app of the reference system: `npx cdk synth`, `npx cdk deploy`. */
const app = new App();
new GlobalAirStack(app, 'GlobalAir');
applyTarget(app);
app.synth();
