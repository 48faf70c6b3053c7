import { getBlueprintFile, installBlueprint, listBlueprints } from '#contract/blueprints.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { BlueprintLibrary } from './blueprint-library.ts';

export function blueprintRoutes(library: Pick<BlueprintLibrary, 'list' | 'install' | 'text'>): readonly Route[] {
  return [
    handle(listBlueprints, () => library.list()),
    handle(getBlueprintFile, async ({ params: { file } }) => {
      const text = await library.text(file.slice(0, -'.yaml'.length));
      return { contentType: 'text/yaml', fileName: file, read: () => [text] };
    }),
    handle(installBlueprint, ({ params, body }) => library.install(params.id, body)),
  ];
}
