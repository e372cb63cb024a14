export { AccessControl, type Refusal } from './access-control.ts';
export { type Permission, permissionsOf } from './permissions.ts';
