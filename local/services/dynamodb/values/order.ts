/** UTF-16 code units from here on are not in the order of the code points they stand for. */
const UNORDERED = /[\ud800-\uffff]/;

/**
 * A string whose order by code units is the order of the original's UTF-8 bytes, which is DynamoDB's: surrogates, which
 * stand for the highest code points, are moved above the rest. Prefixes stay prefixes.
 */
export function orderedString(text: string): string {
  if (!UNORDERED.test(text)) return text;
  let ordered = '';
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    ordered += String.fromCharCode(unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
  }
  return ordered;
}

/** Bytes as a string with one code unit each. */
export function orderedBinary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
