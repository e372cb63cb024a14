import { Payload } from '../json.ts';
import { refused } from './errors.ts';
import type { Integration } from './integration.ts';
import { knownSdkServices, sdkService } from './naming.ts';
import { asObject, fromSdkOutput, isoDate, toSdkInput, upperFirst, withBody } from './shapes.ts';

/** `arn:aws:states:::aws-sdk:<service>:<action>`: any operation of any service that the cloud has. */
export const callSdk: Integration = async (call, context) => {
  const { resource } = call;
  const name = resource.kind === 'service' ? resource.service.slice('aws-sdk:'.length) : '';
  const sdk = sdkService(name);
  if (!sdk || resource.kind !== 'service') {
    const cause = `The local cloud has no service '${name}' for ${resource.arn}; it has ${knownSdkServices().join(', ')}.`;
    return { kind: 'failed', error: 'States.TaskFailed', cause };
  }
  const requestId = context.uuid();
  const shape = { service: sdk.service, camel: sdk.camel, dates: isoDate };
  const input = toSdkInput(asObject(call.parameters.value), shape) as object;
  try {
    const operation = upperFirst(resource.action);
    const output = await withBody(await context.call({ service: sdk.service, operation, input, principal: call.roleArn }));
    return { kind: 'succeeded', output: Payload.of(fromSdkOutput(output, shape)) };
  } catch (error) {
    const names = { prefix: sdk.client, base: `${sdk.client}Exception`, service: sdk.client, style: 'v2' } as const;
    return refused(error, names, requestId);
  }
};
