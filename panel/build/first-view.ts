// Owns what comes in one piece. `start`: what finds out who is here and in which language, so that both are asked for while the rest is
// still on its way. `first-view`: whatever the frame of the pages and the dashboard are made of. `second-view`: what of the dashboard comes
// after it. Everything else is loaded when it is opened.
// Called by the build of the panel.
import type { Plugin } from 'vite';

type Graph = {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
};

const main = 'panel/src/main.ts';
export const firstView = 'first-view';

/** In the order in which they take what both need. */
export const firstPieces = [
  // Whatever waited for the first view within its own chunk would wait for itself: `main.ts` is in neither.
  { name: pieceOf('start', [main], [main]), debugName: 'start', priority: 2 },
  { name: pieceOf(firstView, ['panel/src/first.ts']), debugName: firstView, priority: 1 },
  { name: pieceOf('second-view', ['panel/src/second.ts']), debugName: 'second-view', priority: 0 },
];

/** Names the chunk of a module; two dozen files that are always needed together would be two dozen requests. */
function pieceOf(
  name: string,
  roots: readonly string[],
  without: readonly string[] = [],
): (id: string, graph: Graph) => string | null {
  const isNeeded = neededBy(roots);
  return (id, graph) => (!without.some((one) => id.endsWith(one)) && isNeeded(id, graph) ? name : null);
}

function neededBy(roots: readonly string[]): (id: string, graph: Graph) => boolean {
  const known = new Map<string, boolean>();
  const isNeeded = (id: string, graph: Graph): boolean => {
    const answer = known.get(id);
    if (answer !== undefined) return answer;
    // Of a circle, whoever is asked first decides.
    known.set(id, false);
    const found = roots.some((root) => id.endsWith(root)) || importersOf(id, graph).some((one) => isNeeded(one, graph));
    known.set(id, found);
    return found;
  };
  return isNeeded;
}

function importersOf(id: string, graph: Graph): readonly string[] {
  return graph.getModuleInfo(id)?.importers ?? [];
}

/**
 * Has the browser fetch and run the first view after the start, without being asked for it by a script, and paint nothing before: a page that is
 * still empty takes as long to paint as one that is not. A browser that does not know `blocking` paints the empty page first.
 */
export function runFirstView(): Plugin {
  return {
    name: 'gosip-run-first-view',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle }) => {
        const chunks = Object.values(bundle ?? {}).filter((one) => one.type === 'chunk');
        const [first, pieces] = [chunks.find(({ name }) => name === 'first'), chunks.find(({ name }) => name === firstView)];
        if (first === undefined || pieces === undefined) return html;
        const module = { type: 'module', crossorigin: true };
        return {
          html: html.replace('<script type="module" ', '<script type="module" blocking="render" '),
          tags: [
            { tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${pieces.fileName}` }, injectTo: 'head' },
            { tag: 'script', attrs: { ...module, blocking: 'render', src: `./${first.fileName}` }, injectTo: 'head' },
          ],
        };
      },
    },
  };
}
