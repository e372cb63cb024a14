import { App } from 'aws-cdk-lib';
import { applyTarget } from 'millrace';
import { ShopStack } from './stack.ts';

const app = new App();
new ShopStack(app, 'Shop');
applyTarget(app);
app.synth();
