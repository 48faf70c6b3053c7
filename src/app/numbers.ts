// Composes our numbers.
// Called by app.ts.
// Must stay true: it comes after people, who own numbers.
import { numberRoutes } from '#numbers/number-routes.ts';
import { NumberStore } from '#numbers/number-store.ts';
import { Numbers } from '#numbers/numbers.ts';
import type { AppContext, Storage, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type NumbersRoom = { readonly numbers: Numbers; readonly face: RoomFace };

type NumbersDeps = Pick<AppContext, 'clock' | 'newId' | 'events'> & { readonly storage: Pick<Storage, 'db' | 'writes'> };

export function composeNumbers({ storage: { db, writes }, clock, newId, events }: NumbersDeps): NumbersRoom {
  const numbers = new Numbers({ store: new NumberStore(db), writes, clock, newId, events });
  return { numbers, face: faceOf({ routes: numberRoutes(numbers) }) };
}
