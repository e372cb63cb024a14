/** One view of a stack. */
export { Dashboard, type DashboardProps } from './dashboard.ts';
export type { Section, Signal } from './signals.ts';
