/** An address as a number; `bits` is 32 or 128. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Every address from `low` to `high`, of one family. */
export interface IpRange {
  readonly bits: 32 | 128;
  readonly low: bigint;
  readonly high: bigint;
}

/** Reads an IPv4 or IPv6 literal. An IPv4-mapped IPv6 address is the IPv4 address. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.length > 45) return undefined;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) return parseIpv4(text);
  if (/^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(text)) return parseIpv6(text);
  return undefined;
}

function parseIpv4(text: string): IpAddress | undefined {
  let value = 0n;
  for (const part of text.split('.')) {
    const octet = Number(part);
    if (octet > 255) return undefined;
    value = (value << 8n) | BigInt(octet);
  }
  return { bits: 32, value };
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] => (half ? half.split(':') : []);
  const left = groups(halves[0]);
  const right = groups(halves[1]);
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  let value = 0n;
  for (const group of [...left, ...new Array<string>(missing).fill('0'), ...right]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    value = (value << 16n) | BigInt(`0x${group}`);
  }
  if (value >> 32n === 0xffffn) return { bits: 32, value: value & 0xffff_ffffn };
  return { bits: 128, value };
}

export type CidrResult = { readonly ok: true; readonly range: IpRange } | { readonly ok: false; readonly problem: string };

/** Reads a block such as `10.0.0.0/24`; a block of one address is not allowed. */
export function parseCidr(text: string): CidrResult {
  const refuse = (problem: string): CidrResult => ({ ok: false, problem });
  const [base, mask, ...more] = text.replace(/\/+$/, '').split('/');
  if (base === undefined || mask === undefined || more.length > 0) return refuse("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d{1,9}$/.test(mask)) return refuse('Malformed CIDR, mask bits must be an integer');
  const maskBits = Number(mask);
  if (maskBits < 0) return refuse('Malformed CIDR, mask bits must not be negative');
  const address = parseIp(base);
  if (!address) return refuse(`Nonstandard IP address: ${base}`);
  if (address.bits === 32 && maskBits > 31) return refuse('IPv4 mask bits must be < 32');
  if (address.bits === 128 && maskBits > 127) return refuse('IPv6 mask bits must be < 128');
  const free = (1n << BigInt(address.bits - maskBits)) - 1n;
  const low = address.value & ~free;
  return { ok: true, range: { bits: address.bits, low, high: low | free } };
}

export function ipInRange(address: IpAddress, range: IpRange): boolean {
  return address.bits === range.bits && address.value >= range.low && address.value <= range.high;
}
