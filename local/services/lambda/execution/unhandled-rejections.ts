/** Is told of a rejected promise that nobody handled; says whether it was one of its functions'. */
export type RejectionOwner = (reason: unknown) => boolean;

const owners = new Set<WeakRef<{ readonly own: RejectionOwner }>>();

/**
 * Asks `owner` about promises that are rejected and never handled. On Lambda such a promise ends its function's process; here
 * it must not end the process that all functions share.
 *
 * @param owner is kept only as long as somebody else keeps it
 */
export function watchRejections(owner: { readonly own: RejectionOwner }): void {
  if (owners.size === 0) process.on('unhandledRejection', settle);
  owners.add(new WeakRef(owner));
}

function settle(reason: unknown): void {
  for (const reference of owners) {
    const owner = reference.deref();
    if (!owner) owners.delete(reference);
    else if (owner.own(reason)) return;
  }
  // Nobody's: what Node does when nobody listens, unless somebody else does.
  if (process.listenerCount('unhandledRejection') > 1) return;
  setImmediate(() => {
    throw reason;
  });
}
