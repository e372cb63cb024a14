export { type CommandResult, dropParked, type ParkingPlace, releaseParked, skipMissing } from './commands.ts';
export type { Parked, ParkingReason } from './parked.ts';
export { PayloadTooLargeError } from './parked-items.ts';
export { findParked, listParked, removeParked } from './store.ts';
