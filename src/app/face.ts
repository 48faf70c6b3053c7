// What a room shows to the outside, and how the faces of all rooms are mounted.
// Called by app.ts and by every compose function.
// Must stay true: whatever a room declares is mounted by this one loop; nothing is joined by hand.
import type { Alert } from '#contract/alert.ts';
import type { Command } from '#contract/command.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Entity } from '#contract/entity.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import type { HealthPartName, Probe } from '#contract/system.ts';
import type { RoomFace } from './context.ts';
import { spokenIn } from './spoken-command.ts';

/** What a room does not name it does not have. */
export function faceOf(face: Partial<RoomFace>): RoomFace {
  return { routes: [], entities: [], commands: [], alerts: [], probes: {}, ...face };
}

/** What the edges get: everything that all rooms declare. */
export type Mounted = {
  readonly routes: readonly Route[];
  readonly entities: readonly Entity[];
  readonly commands: readonly Command[];
  readonly alerts: readonly Alert[];
};

type Watch = { watch(name: HealthPartName, probe: Probe): void };

/** Mounts the face of each room: its probes in health, all else for the edges. */
export function mountFaces(rooms: readonly { readonly face: RoomFace }[], health: Watch, language: HouseLanguage): Mounted {
  const mounted = { routes: [] as Route[], entities: [] as Entity[], commands: [] as Command[], alerts: [] as Alert[] };
  for (const { face } of rooms) {
    mounted.routes.push(...face.routes);
    mounted.entities.push(...face.entities);
    mounted.commands.push(...face.commands.map((command) => spokenIn(language, command)));
    mounted.alerts.push(...face.alerts);
    for (const [name, probe] of Object.entries(face.probes)) health.watch(name as HealthPartName, probe);
  }
  return mounted;
}
