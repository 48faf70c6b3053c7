import type { Plugin } from 'vite';

/**
 * Puts the chunk `early` in front of everything as a script that holds up the first paint: a module would run after it, and a dark house
 * would see a white page first. `data-framed`: the server leaves it out where no Home Assistant is around the page.
 */
export function earlyScript(): Plugin {
  return {
    name: 'gosip-early-script',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) => {
        const chunk = Object.values(bundle ?? {}).find((one) => one.type === 'chunk' && one.name === 'early');
        if (chunk === undefined) return [{ tag: 'script', attrs: { type: 'module', src: './src/early.ts' }, injectTo: 'head' }];
        if (chunk.type === 'chunk' && chunk.imports.length > 0) throw new Error('early.ts must stand alone: it is no module');
        return [{ tag: 'script', attrs: { 'data-framed': true, src: `./${chunk.fileName}` }, injectTo: 'head' }];
      },
    },
    // A script shares its names with the whole page.
    renderChunk: (code, chunk) => (chunk.name === 'early' ? `(()=>{${code}})();\n` : null),
  };
}
