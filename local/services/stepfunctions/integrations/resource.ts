/** How a task ends: with the answer of the call, with the job that it started, or with a callback. */
export type Pattern = 'requestResponse' | 'sync' | 'waitForTaskToken';

/** What a Task state's `Resource` names. */
export type Resource =
  | {
      readonly kind: 'service';
      readonly arn: string;
      /** `resourceType` of events: `lambda`, `dynamodb`, `aws-sdk:sqs`. */
      readonly service: string;
      /** `resource` of events: `invoke`, `startExecution.sync:2`. */
      readonly api: string;
      /** The action without its pattern: `startExecution`. */
      readonly action: string;
      readonly sdk: boolean;
      readonly pattern: Pattern;
      /** `.sync:2`: the output of the job is JSON, not text. */
      readonly parsed: boolean;
    }
  | { readonly kind: 'function'; readonly arn: string; readonly pattern: 'requestResponse' }
  | { readonly kind: 'activity'; readonly arn: string; readonly pattern: 'requestResponse' };

export type ParsedResource = { readonly ok: true; readonly resource: Resource } | { readonly ok: false; readonly problem: string };

/** Actions of the optimized integrations that the local cloud has. */
const OPTIMIZED: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['getItem', 'putItem', 'updateItem', 'deleteItem'],
  events: ['putEvents'],
  lambda: ['invoke'],
  sns: ['publish'],
  sqs: ['sendMessage'],
  states: ['startExecution'],
};

const SERVICE = /^arn:aws[a-z-]*:states:[a-z0-9-]*:\d*:(aws-sdk:)?([a-z0-9]+):([A-Za-z0-9]+)((?:\.sync(?::2)?|\.waitForTaskToken)?)$/;
const FUNCTION = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9-_]+(?::[A-Za-z0-9-_$]+)?$/;
const ACTIVITY = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:activity:.{1,80}$/;

/** Reads a Task state's `Resource`, or says why the local cloud has no such thing. */
export function parseResource(arn: string): ParsedResource {
  if (FUNCTION.test(arn)) return { ok: true, resource: { kind: 'function', arn, pattern: 'requestResponse' } };
  if (ACTIVITY.test(arn)) return { ok: true, resource: { kind: 'activity', arn, pattern: 'requestResponse' } };
  const match = SERVICE.exec(arn);
  if (!match) return { ok: false, problem: `The resource provided ${arn} is not recognized. The value is not a valid resource ARN.` };
  const [, sdkPrefix, service = '', action = '', suffix = ''] = match;
  const sdk = sdkPrefix !== undefined;
  if (!sdk && !OPTIMIZED[service]?.includes(action)) {
    return {
      ok: false,
      problem: `The local cloud has no integration with ${arn}; it has ${known()} and arn:aws:states:::aws-sdk:<service>:<action>.`,
    };
  }
  const pattern = suffix === '' ? 'requestResponse' : suffix.startsWith('.sync') ? 'sync' : 'waitForTaskToken';
  if (pattern === 'sync' && (sdk || service !== 'states')) return { ok: false, problem: `${arn} can't be waited for with .sync.` };
  return {
    ok: true,
    resource: {
      kind: 'service',
      arn,
      service: sdk ? `aws-sdk:${service}` : service,
      api: `${action}${suffix}`,
      action,
      sdk,
      pattern,
      parsed: suffix === '.sync:2',
    },
  };
}

function known(): string {
  return Object.entries(OPTIMIZED)
    .flatMap(([service, actions]) => actions.map((action) => `${service}:${action}`))
    .join(', ');
}
