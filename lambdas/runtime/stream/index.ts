export {
  type EventStreamOptions,
  type EventStreamWriter,
  eventStream,
  type PublishResult,
  type UnpublishedRecord,
} from './event-stream.ts';
export {
  type StreamWindow,
  type TumblingWindowOptions,
  tumblingWindow,
  type WindowedEvent,
  type WindowResponse,
} from './tumbling-window.ts';
export type { StreamRecord } from './waves.ts';
