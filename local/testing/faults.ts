import { AwsError, type Interceptor, type ServiceCall } from '../kernel/index.ts';
import type { LocalCloud } from '../local-cloud.ts';

/** What goes wrong with calls. */
export type Fault =
  /** The call is refused before it takes effect. */
  | 'refused'
  /** The call takes effect, and its answer is lost. */
  | 'answer-lost'
  /** The call never takes effect, and is not answered before the function has run out of time. */
  | 'hangs-before'
  /** The call takes effect at once, and answers after the function has run out of time. */
  | 'hangs-after';

export const FAULTS: readonly Fault[] = ['refused', 'answer-lost', 'hangs-before', 'hangs-after'];

const FOR_EVER_MS = 3_600_000;

export interface FaultyCalls {
  /** Construct path of the function whose calls go wrong, or the end of it: `ReserveSeat`. */
  readonly function: string;
  readonly fault: Fault;
  /** Which of its calls. @default writes to DynamoDB */
  readonly calls?: (call: ServiceCall) => boolean;
  /** How many calls are hit. @default all of them */
  readonly times?: number;
}

/** A fault that is at work. */
export interface FaultAtWork {
  stop(): void;
  /** How many calls it has hit. */
  hits(): number;
}

const isWrite = (call: ServiceCall): boolean => call.service === 'dynamodb' && /Put|Update|Delete|Write/.test(call.operation);

/**
 * Makes calls of one function go wrong.
 *
 * @throws Error when the stack has no such function, or several
 * @example
 * const fault = injectFault(cloud, { function: 'ReserveSeat', fault: 'answer-lost', times: 3 });
 * await cloud.settle();
 * fault.stop();
 */
export function injectFault(
  cloud: LocalCloud,
  { function: name, fault, calls = isWrite, times = Number.POSITIVE_INFINITY }: FaultyCalls,
): FaultAtWork {
  const role = roleOf(cloud, name);
  let hits = 0;
  const take = (call: ServiceCall): boolean => {
    if (call.principal !== role || hits >= times || !calls(call)) return false;
    hits += 1;
    return true;
  };
  const lost = new WeakSet<ServiceCall>();
  const failure = (): AwsError => new AwsError('InternalServerError', 'Internal server error', { fault: 'server' });
  const interceptors: Record<Fault, Interceptor> = {
    refused: {
      before: (call) => {
        if (take(call)) throw failure();
      },
    },
    'answer-lost': {
      after: (call, _context, outcome) => {
        if (outcome.error === undefined && take(call)) throw failure();
      },
    },
    'hangs-before': {
      delay: (call) => {
        if (!take(call)) return 0;
        lost.add(call);
        return FOR_EVER_MS;
      },
      before: (call) => {
        if (lost.has(call)) throw failure();
      },
    },
    'hangs-after': { delayAnswer: (call) => (take(call) ? FOR_EVER_MS : 0) },
  };
  return { stop: cloud.kernel.intercept(interceptors[fault]), hits: () => hits };
}

/** Makes every event, notification and message come twice, as EventBridge, SNS and SQS may. */
export function deliverTwice(cloud: LocalCloud): FaultAtWork {
  let again = false;
  let hits = 0;
  const stop = cloud.kernel.intercept({
    after: (call, _context, outcome) => {
      if (again || outcome.error !== undefined || !isDelivery(call)) return;
      again = true;
      try {
        cloud.kernel.invoke(call);
        hits += 1;
      } finally {
        again = false;
      }
    },
  });
  return { stop, hits: () => hits };
}

function isDelivery({ service, operation }: ServiceCall): boolean {
  return (
    (service === 'sqs' && operation.startsWith('SendMessage')) ||
    (service === 'sns' && operation.startsWith('Publish')) ||
    (service === 'events' && operation === 'PutEvents')
  );
}

function roleOf(cloud: LocalCloud, name: string): string {
  const functions = cloud.resources.filter(
    ({ type, path }) => type === 'AWS::Lambda::Function' && `/${path}`.endsWith(`/${name}/Resource`),
  );
  const [only] = functions;
  if (!only || functions.length > 1) {
    const known = cloud.resources.filter(({ type }) => type === 'AWS::Lambda::Function').map(({ path }) => path.replace(/\/Resource$/, ''));
    throw new Error(
      `${functions.length === 0 ? 'No function' : 'More than one function'} is called ${name}. There are ${known.join(', ')}.`,
    );
  }
  return String(only.properties.Role);
}
