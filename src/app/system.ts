// Composes what looks at all rooms: health.
// Called by app.ts.
// Must stay true: it knows rooms by what they declare alone.
import { Health } from '#system/health.ts';
import { systemRoutes } from '#system/system-routes.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type SystemRoom = { readonly health: Health; readonly face: RoomFace };

export function composeSystem({ clock }: Pick<AppContext, 'clock'>): SystemRoom {
  const health = new Health(clock);
  return { health, face: faceOf({ routes: systemRoutes(health) }) };
}
