/**
 * Whether `text` matches `pattern`, in which `*` stands for any characters and `?` for one.
 * Linear for one star, and never exponential: the last star alone is ever widened.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === text;
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < text.length) {
    const expected = pattern[at];
    if (expected === '*') {
      star = at++;
      resume = index;
    } else if (expected !== undefined && (expected === '?' || expected === text[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** As {@link matchesWildcard}, but colon by colon, as ARNs are compared: a star in one of the first five segments stays within it. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const patterns = segments(pattern);
  const parts = segments(arn);
  if (patterns.length !== parts.length) return false;
  return patterns.every((segment, index) => matchesWildcard(segment, parts[index] ?? ''));
}

/** arn, partition, service, region, account, and the rest as one. */
function segments(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
