export { StatesService } from './service.ts';
