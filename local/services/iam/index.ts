export { IamService } from './iam-service.ts';
