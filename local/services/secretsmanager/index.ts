export { SecretsManagerService } from './secrets-manager-service.ts';
