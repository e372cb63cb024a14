import { createHash } from 'node:crypto';
import { AwsError } from '../../kernel/index.ts';
import { invalidParameter } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { MessageAttributes } from './message.ts';

const TYPES = /^(String|Number|Binary)(\..+)?$/;
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export function md5(data: string): string {
  return createHash('md5').update(data, 'utf8').digest('hex');
}

/**
 * The MD5 of message attributes, as SDKs verify it: for each attribute by name its name, type, kind of value and value, each
 * preceded by its length.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 * @returns undefined when there are none
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (data: Uint8Array): void => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, data.length);
    hash.update(length).update(data);
  };
  for (const name of names) {
    const attribute = attributes[name];
    add(Buffer.from(name));
    add(Buffer.from(attribute?.DataType ?? ''));
    const binary = attribute?.BinaryValue;
    hash.update(Uint8Array.of(binary ? 2 : 1));
    add(binary ?? Buffer.from(attribute?.StringValue ?? ''));
  }
  return hash.digest('hex');
}

/** Bytes that attributes add to the size of a message: names, types and values. */
export function sizeOfAttributes(attributes: MessageAttributes): number {
  let size = 0;
  for (const [name, attribute] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType ?? '');
    size += attribute.BinaryValue?.length ?? Buffer.byteLength(attribute.StringValue ?? '');
  }
  return size;
}

/** @throws AwsError `InvalidParameterValue` for a name, type or value that SQS does not take */
export function checkAttributes(attributes: MessageAttributes, kind: 'user' | 'system' = 'user'): void {
  const names = Object.keys(attributes);
  if (names.length > LIMITS.messageAttributes) {
    throw invalidParameter(`Number of message attributes [${names.length}] exceeds the allowed maximum [${LIMITS.messageAttributes}].`);
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    if (kind === 'user') checkName(name);
    const type = attribute.DataType ?? '';
    if (type === '') throw invalidParameter(`The message attribute '${name}' must contain a non-empty message attribute type.`);
    const base = TYPES.exec(type)?.[1];
    if (!base || type.length > 256) {
      throw invalidParameter(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const label = `Message (${kind}) attribute '${name}'`;
    if (base === 'Binary') {
      if (!attribute.BinaryValue?.length) throw invalidParameter(`${label} must contain a non-empty value of type 'Binary'.`);
      continue;
    }
    if (!attribute.StringValue) throw invalidParameter(`${label} must contain a non-empty value of type 'String'.`);
    checkCharacters(attribute.StringValue);
    if (base === 'Number' && !Number.isFinite(Number(attribute.StringValue))) {
      throw invalidParameter(`Can't cast the value of message (${kind}) attribute '${name}' to a number.`);
    }
  }
}

/** @throws AwsError `InvalidMessageContents` for text with a character that XML does not have */
export function checkCharacters(text: string): void {
  if (!FORBIDDEN.test(text)) return;
  throw new AwsError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  );
}

function checkName(name: string): void {
  const valid = name.length <= 256 && /^[A-Za-z0-9_.-]+$/.test(name) && !/^(aws|amazon)\./i.test(name) && !/^\.|\.$|\.\./.test(name);
  if (valid) return;
  throw invalidParameter(
    `Message (user) attribute name '${name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters, cannot start or end with a period, and cannot begin with AWS. or Amazon.`,
  );
}

/** The attributes that a receive asks for: all, by name, or by prefix (`bar.*`). */
export function selectAttributes(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  if (names.length === 0) return {};
  if (names.some((name) => name === 'All' || name === '.*' || name === '*')) return attributes;
  const chosen = Object.entries(attributes).filter(([name]) =>
    names.some((wanted) => (wanted.endsWith('.*') ? name.startsWith(wanted.slice(0, -2)) : name === wanted)),
  );
  return Object.fromEntries(chosen);
}
