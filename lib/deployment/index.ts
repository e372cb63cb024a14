/** How new versions of functions take over. */
export type { Deployment, GradualDeployment } from './deployment.ts';
export { GradualAlias } from './gradual-alias.ts';
