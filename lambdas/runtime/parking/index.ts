export { type Parked, type ParkingReason, PayloadTooLargeError } from './parked.ts';
export { findParked, listParked, removeParked } from './store.ts';
