export { type CommandResult, dropParked, type ParkingPlace, releaseParked, skipMissing } from './commands.ts';
export { type Parked, type ParkingReason, PayloadTooLargeError } from './parked.ts';
export { findParked, listParked, removeParked } from './store.ts';
