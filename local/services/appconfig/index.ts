export { AppConfigService } from './appconfig-service.ts';
