import { arn } from '../../kernel/index.ts';
import { type ResourceTypes, resourceType } from '../resource.ts';

/** Kept: what functions write is in the local cloud's log store, under the group's name. */
const logGroup = resourceType<{ readonly LogGroupName?: string }>((properties, request) => {
  const name = properties.LogGroupName ?? request.physicalName(512);
  return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
});

const logStream = resourceType<{ readonly LogStreamName?: string }>((properties, request) => ({
  ref: properties.LogStreamName ?? request.physicalName(512),
}));

export const logsResources: ResourceTypes = { 'AWS::Logs::LogGroup': logGroup, 'AWS::Logs::LogStream': logStream };
