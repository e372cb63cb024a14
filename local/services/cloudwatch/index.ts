export { CloudWatchService } from './cloudwatch-service.ts';
