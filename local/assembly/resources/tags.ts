/** A tag as most resource types give it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Tags by key, as some services want them. */
export function tagRecord(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}
