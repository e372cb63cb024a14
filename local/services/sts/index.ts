export { StsService } from './sts-service.ts';
