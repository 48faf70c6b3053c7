// Owns what comes in one piece: whatever the frame of the pages and the dashboard are made of. Everything else is loaded when it is opened.
// Called by the build of the panel.
type Graph = {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
};

export const firstView = 'first-view';
const roots = ['panel/src/app.ts', 'panel/src/pages/dashboard.ts'];

/** Names the chunk of a module; two dozen files that are always needed together would be two dozen requests. */
export function firstViewChunk(): (id: string, graph: Graph) => string | null {
  const known = new Map<string, boolean>();
  const isIn = (id: string, graph: Graph): boolean => {
    const answer = known.get(id);
    if (answer !== undefined) return answer;
    // Of a circle, whoever is asked first decides.
    known.set(id, false);
    const found = roots.some((root) => id.endsWith(root)) || importersOf(id, graph).some((one) => isIn(one, graph));
    known.set(id, found);
    return found;
  };
  return (id, graph) => (isIn(id, graph) ? firstView : null);
}

function importersOf(id: string, graph: Graph): readonly string[] {
  return graph.getModuleInfo(id)?.importers ?? [];
}
