/** What could not be processed. */
export { ParkingTable, type ParkingTableProps } from './parking-table.ts';
