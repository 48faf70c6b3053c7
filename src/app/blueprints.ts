// Composes the blueprints for Home Assistant.
// Called by app.ts.
import { BlueprintLibrary } from '#home-assistant/blueprint-library.ts';
import { blueprintRoutes } from '#home-assistant/blueprint-routes.ts';
import type { CoreConnection } from '#home-assistant/core-connection.ts';
import type { RoomFace } from './context.ts';
import { faceOf } from './face.ts';

const folder = new URL('../../blueprints/', import.meta.url);

export function composeBlueprints(core: CoreConnection | undefined): { readonly face: RoomFace } {
  return { face: faceOf({ routes: blueprintRoutes(new BlueprintLibrary({ core, folder })) }) };
}
