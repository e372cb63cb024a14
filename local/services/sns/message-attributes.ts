import { AwsError } from '../../kernel/index.ts';
import { invalidAttributeValue } from './errors.ts';
import type { MessageAttributes } from './notification.ts';

/** @throws AwsError `InvalidParameterValueException` for a name, type or value that SNS does not take */
export function checkAttributes(attributes: MessageAttributes): void {
  for (const [name, { DataType: type, StringValue: text, BinaryValue: bytes }] of Object.entries(attributes)) {
    checkName(name);
    if (type === undefined) {
      const text = `1 validation error detected: Value null at 'messageAttributes.${name}.member.dataType' failed to satisfy constraint: Member must not be null`;
      throw new AwsError('ValidationError', text);
    }
    const base = /^(String|Number|Binary)(\..+)?$/.exec(type)?.[1];
    if (!base) {
      throw invalidAttributeValue(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const field = base === 'Binary' ? 'Binary' : 'String';
    const value = base === 'Binary' ? bytes : text;
    const other = base === 'Binary' ? text : bytes;
    if (!value?.length && other?.length)
      throw invalidAttributeValue(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
    if (!value?.length) {
      throw invalidAttributeValue(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
      );
    }
    if (base === 'Number' && !Number.isFinite(Number(text))) {
      throw invalidAttributeValue(`Could not cast message attribute '${name}' value to number.`);
    }
  }
}

/** Bytes that attributes add to the size of a message. */
export function sizeOfAttributes(attributes: MessageAttributes): number {
  let size = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType ?? '') + (BinaryValue?.length ?? Buffer.byteLength(StringValue ?? ''));
  }
  return size;
}

function checkName(name: string): void {
  if (name.length > 256) throw invalidAttributeValue('Length of message attribute name must be less than 256 bytes.');
  const odd = /[^A-Za-z0-9_.-]/.exec(name)?.[0];
  if (odd !== undefined) {
    const code = odd.charCodeAt(0).toString(16).toUpperCase();
    throw invalidAttributeValue(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith('.')) throw invalidAttributeValue("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith('.')) throw invalidAttributeValue("Invalid message attribute name ending with character '.' was found.");
  if (name.includes('..')) throw invalidAttributeValue("Message attribute name can not have successive '.' character.");
}
