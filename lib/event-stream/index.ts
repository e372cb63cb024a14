/** Streams of events over Kinesis. */
export { EventStream, type EventStreamProps, type StreamConsumer, type StreamConsumerProps } from './event-stream.ts';
