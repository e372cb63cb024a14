import { ENVIRONMENT, log, measure, requireVariable } from '../context/index.ts';
import { transact } from '../inbox/transact.ts';
import { parkWrites } from '../parking/store.ts';
import { type EffectPlace, effectKey, effectOwner, effectWrite } from './effect-item.ts';

/** Name of the parking table. */
export const parkingTable = (): string => requireVariable(ENVIRONMENT.parkingTable, 'InboxTable.grantSideEffects sets it.');

/** Marks an effect that `holder` began and parks it, in one transaction; nothing when it has moved on meanwhile. */
export async function parkUnknown(place: EffectPlace, holder: string, detail: string, payload: unknown): Promise<void> {
  const { name, key } = place;
  const parked = await transact(place.client, [
    // Kept until somebody decides.
    effectWrite(place, { state: 'started', holder }, { state: 'parked', expiresAt: undefined }),
    ...parkWrites(parkingTable(), {
      owner: effectOwner(name),
      id: key,
      reason: 'no-answer',
      detail: `Nobody knows whether it happened. ${detail}`,
      payload: JSON.stringify(payload ?? null),
      parkedAt: Date.now(),
      origin: effectKey(place).pk,
    }),
  ]);
  if (!parked.ok) return;
  log().error('Parked a side effect whose outcome is unknown', { sideEffect: name, key, detail });
  measure({ sideEffect: name }, { Parked: 1 });
  // Of all side effects of the function together: its construct does not know their names, and raises an alarm on this.
  measure({}, { SideEffectsParked: 1 });
}
