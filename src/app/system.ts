// Composes what looks at all rooms: health and alerts.
// Called by app.ts.
// Must stay true: it knows rooms by what they declare alone.
import type { Alert } from '#contract/alert.ts';
import { AlertWatch } from '#system/alert-watch.ts';
import { Health } from '#system/health.ts';
import { systemEntities } from '#system/system-entities.ts';
import { systemRoutes } from '#system/system-routes.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type SystemRoom = { readonly health: Health; readonly face: RoomFace };

export function composeSystem({ clock }: Pick<AppContext, 'clock'>): SystemRoom {
  const health = new Health(clock);
  return { health, face: faceOf({ routes: systemRoutes(health), entities: systemEntities(health) }) };
}

/** Begins to watch the alerts of all rooms, when they are known. */
export function startAlerts({ clock, events, log, stack }: AppContext, alerts: readonly Alert[]): AlertWatch {
  const watch = new AlertWatch({ clock, events, alerts, log: log.child({ room: 'system' }) });
  stack.defer(() => watch.stop());
  watch.start();
  return watch;
}
