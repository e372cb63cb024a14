export { type KinesisOptions, KinesisService } from './kinesis-service.ts';
