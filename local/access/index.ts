export { AccessControl, type Account, type Refusal } from './access-control.ts';
export { unfillableKey } from './condition-keys.ts';
export type { Permission } from './permission.ts';
export { permissionsOf } from './permissions.ts';
