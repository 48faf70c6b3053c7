import { join } from 'node:path';
import { defineConfig } from 'vite';
import { contractFacts } from './build/contract-facts.ts';
import { earlyScript } from './build/early-script.ts';
import { firstPieces, runFirstView } from './build/first-view.ts';
import { precompress } from './build/precompress.ts';
import { serviceWorker } from './build/service-worker.ts';

const fromHere = (path: string) => join(import.meta.dirname, path);

export default defineConfig({
  root: import.meta.dirname,
  // The panel is served at `/`, behind proxies and by Home Assistant's ingress: every address is relative.
  base: './',
  plugins: [contractFacts(), earlyScript(), runFirstView(), serviceWorker(), precompress()],
  build: {
    outDir: process.env['GOSIP_PANEL_OUT'] ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // A policy without data: addresses lets no inlined file through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { panel: fromHere('index.html'), early: fromHere('src/early.ts') },
      output: { codeSplitting: { groups: firstPieces } },
    },
  },
  server: { proxy: { '/api': process.env['GOSIP_URL'] ?? 'http://127.0.0.1:8080' } },
});
