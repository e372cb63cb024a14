/**
 * The W3C traceparent of the segment that X-Ray opened for this invocation (`_X_AMZN_TRACE_ID`), so that events carry the trace on.
 * @returns undefined outside of Lambda, or when tracing is off
 */
export function xrayTraceparent(header: string | undefined = process.env._X_AMZN_TRACE_ID): string | undefined {
  if (!header) return undefined;
  const part = (name: string): string | undefined =>
    header
      .split(';')
      .map((piece) => piece.trim())
      .find((piece) => piece.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const [, epoch, unique] = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/.exec(part('Root') ?? '') ?? [];
  const parent = part('Parent');
  if (!epoch || !unique || !parent || !/^[0-9a-f]{16}$/.test(parent)) return undefined;
  return `00-${epoch}${unique}-${parent}-${part('Sampled') === '1' ? '01' : '00'}`;
}
