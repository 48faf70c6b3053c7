import { installBlueprint, listBlueprints } from '#contract/blueprints.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { BlueprintLibrary } from './blueprint-library.ts';

export function blueprintRoutes(library: Pick<BlueprintLibrary, 'list' | 'install'>): readonly Route[] {
  return [
    handle(listBlueprints, () => library.list()),
    handle(installBlueprint, ({ params, body }) => library.install(params.id, body)),
  ];
}
