export { SsmService } from './ssm-service.ts';
