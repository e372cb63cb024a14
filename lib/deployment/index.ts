/** How new versions of functions take over. */
export { type Deployment, type GradualDeployment, gradual } from './deployment.ts';
export { GradualAlias } from './gradual-alias.ts';
