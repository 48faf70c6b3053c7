import { join } from 'node:path';
import { build } from 'vite';
import type { Plugin } from 'vite';
import { contractFacts } from './contract-facts.ts';

const entry = join(import.meta.dirname, '../src/worker/sw.ts');

/**
 * Builds the service worker into `sw.js` beside the page: a program of its own in one file, for it shares no chunk with the panel, and under
 * one name, for the browser asks at that address whether there is a newer one.
 */
export function serviceWorker(): Plugin {
  return {
    name: 'gosip-service-worker',
    apply: 'build',
    async generateBundle() {
      const made = await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        plugins: [contractFacts()],
        build: {
          write: false,
          target: 'es2022',
          modulePreload: false,
          rolldownOptions: { input: entry, output: { format: 'iife' } },
        },
      });
      const chunks = [made].flat().flatMap((one) => ('output' in one ? one.output : []));
      const [chunk, ...others] = chunks;
      if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('The service worker must be one file');
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: chunk.code });
    },
  };
}
