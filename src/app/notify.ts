// Composes what the house tells others.
// Called by app.ts.
// Must stay true: secrets are sealed with the house's key.
import { randomBytes } from 'node:crypto';
import { destinationRoutes } from '#notify/webhooks/destination-routes.ts';
import { DestinationStore } from '#notify/webhooks/destination-store.ts';
import { Destinations } from '#notify/webhooks/destinations.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';

type NotifyDeps = Pick<AppContext, 'clock' | 'newId'> & {
  readonly storage: Pick<Storage, 'db' | 'writes'>;
  readonly secrets: SealedSecrets;
};

export function composeNotify({ storage: { db, writes }, secrets, clock, newId }: NotifyDeps): { readonly face: RoomFace } {
  const newKey = () => randomBytes(32);
  const destinations = new Destinations({ store: new DestinationStore(db), writes, clock, newId, newKey, secrets });
  return { face: faceOf({ routes: destinationRoutes(destinations) }) };
}
