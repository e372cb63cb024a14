import type { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { InboxTable } from '../inbox/index.ts';
import type { ParkingTable } from '../parking/index.ts';
import type { AlarmProps, EncryptionProps } from '../shared/index.ts';
import type { SagaRetry } from './defaults.ts';
import type { StepKind } from './plan.ts';

/** One step of a saga. */
export interface SagaStepProps {
  /** Unique in the saga; part of the idempotency key, so it must not change while sagas run. */
  readonly name: string;
  /**
   * - `compensatable`: can be taken back; comes first.
   * - `pivot`: the point of no return; one at most. With a `compensation`, a pivot whose outcome is unknown is taken back; without, the saga is parked.
   * - `retriable`: comes after the pivot and is tried until it works.
   */
  readonly kind: StepKind;
  /** A function made with `sagaStep()` of `millrace/runtime`. */
  readonly handler: IFunction;
  /** What takes it back. @default of a compensatable step its own handler, told to compensate; else nothing */
  readonly compensation?: IFunction;
  /** Of one try. @default the timeout of the function */
  readonly timeout?: Duration;
  /** @default by kind, see {@link SagaRetry} */
  readonly retry?: SagaRetry;
  /** Of the compensation. @default see {@link SagaRetry} */
  readonly compensationRetry?: SagaRetry;
}

export interface SagaProps extends AlarmProps, EncryptionProps {
  /** In order: compensatable steps, a pivot, retriable steps. */
  readonly steps: readonly SagaStepProps[];
  /** Told the reason when everything has been taken back; made with `sagaStep()`. @default nobody */
  readonly onCompensated?: IFunction;
  /** Names the saga in idempotency keys; must not change while sagas run. @default the id of the construct */
  readonly sagaName?: string;
  /** Where steps keep what became of them. @default the stack's inbox table */
  readonly records?: InboxTable;
  /** Where a saga is parked that can go neither on nor back. @default the stack's parking table */
  readonly parking?: ParkingTable;
  /** Logs the data of each state too, not only its name and outcome. @default false: it may be personal */
  readonly logData?: boolean;
}
